"""Names of packages that are not installed, on a system with rpm: by downloaded metadata, and by `index update`."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.https_server import make_certificate, served
from builders.root import link, write
from builders.rpm_files import Rpm
from builders.rpm_repositories import metalink, primary, write_repository
from builders.small_debian import MODULE, SITE
from builders.small_fedora import remove_libpq, small_fedora
from builders.system import place, write_library
from builders.wheels import build_wheel
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from builders.command import Run
    from builders.https_server import Server
    from pip_sysdeps.lock.document import Target

TARGET = "fedora-42-x86_64"
AGAIN = "run `dnf makecache --refresh` or `zypper refresh --force`; "
CAPABILITY = "libpq.so.5()(64bit)"
CACHE = "var/cache/libdnf5/fedora-0123456789abcdef"
LIBPQ = Rpm(name="libpq", version="17", provides=(CAPABILITY,), files=("/usr/lib64/libpq.so.5",))
OTHER = Rpm(name="libpq-other", provides=(CAPABILITY,), files=("/usr/lib64/libpq.so.5",))
PRIVATE = Rpm(name="some-program", provides=(CAPABILITY,), files=("/usr/lib64/program/libpq.so.5",))
DEVELOPMENT = Rpm(name="libpq-devel", provides=(CAPABILITY,), files=("/usr/lib64/libpq.so.5",))
SYSTEM = (
    Rpm(
        name="glibc",
        version="2.41",
        release="5",
        provides=("ld-linux-x86-64.so.2()(64bit)", "libc.so.6()(64bit)"),
        files=("/lib64/ld-linux-x86-64.so.2", "/usr/lib64/libc.so.6"),
    ),
    Rpm(name="bash", provides=("/bin/sh",), requires=("libc.so.6()(64bit)",), files=("/usr/bin/bash",)),
    Rpm(name="python3", version="3.13.2", files=("/usr/bin/python3",)),
    Rpm(name="postgresql", version="17", files=("/usr/bin/psql",)),
)


@pytest.fixture
def fedora(tmp_path: Path) -> Path:
    """Return a small Fedora without libpq, which its environment needs."""
    root = small_fedora(tmp_path / "root")
    remove_libpq(root)
    return root


def configure(root: Path, *sections: str) -> None:
    """Write the repositories of a root, each `ID` or `ID option ...`; one without a URL has it by https nowhere."""
    rows = []
    for section in sections:
        name, *options = section.split()
        options = [*options, *([] if "=" in section.partition("enabled")[0] else ["baseurl=https://127.0.0.1:9/"])]
        rows.append("\n".join([f"[{name}]", *options]))
    write(root / "etc/yum.repos.d/fedora.repo", "\n".join(rows) + "\n")


def locked(run: Run, root: Path) -> Target:
    """Lock, and return the target."""
    found = run("lock", *place(root))
    assert found.status == 0, found.err
    (target,) = loads((root.parent / "sysdeps.lock").read_text()).target
    return target


def needs_of(target: Target) -> list[tuple[str, bool]]:
    """Return the capabilities of a target, each with whether it was checked."""
    return [(need.capability, not need.unchecked) for _, need in target.needs() if need.capability]


@pytest.mark.parametrize(
    ("packages", "installs", "checked"),
    [
        ((LIBPQ,), ("libpq",), None),
        ((LIBPQ, OTHER), (CAPABILITY,), True),
        ((), (), None),
        ((LIBPQ, Rpm(name="libpq", version="18")), (CAPABILITY,), True),
        ((Rpm(name="--evil", provides=(CAPABILITY,)),), (), None),
    ],
    ids=["one package", "several packages", "no package", "an older version", "a hostile name"],
)
def test_downloaded_metadata_answers(
    fedora: Path, run: Run, packages: tuple[Rpm, ...], installs: tuple[str, ...], checked: bool | None
) -> None:
    """The name where one package provides the library; of several dnf chooses; what none has would fail the line."""
    configure(fedora, "fedora", "debug enabled=0")
    write_repository(fedora / CACHE, packages)
    target = locked(run, fedora)
    assert target.installs == installs
    assert [checked for _, checked in needs_of(target)] == ([] if checked is None else [checked])
    assert [each.soname for each in target.unresolved] == ([] if installs else ["libpq.so.5"])


def test_an_enabled_repository_without_metadata_may_have_it(fedora: Path, run: Run) -> None:
    """Then the library is not called missing."""
    configure(fedora, "fedora", "updates")
    write_repository(fedora / CACHE, SYSTEM)
    assert needs_of(locked(run, fedora)) == [(CAPABILITY, False)]


def test_a_library_of_a_disabled_repository_is_reported(fedora: Path, run: Run) -> None:
    """Dnf would refuse the line; `lock` says which repository is wanted, with an index and without."""
    configure(fedora, "fedora", "crb enabled=0")
    write_repository(fedora / CACHE, SYSTEM)
    write_repository(fedora / "var/cache/libdnf5/crb-0123456789abcdef", [LIBPQ])
    for argv in ((), ("index", "update", "--root", str(fedora))):
        if argv:
            assert run(*argv).status == 0
        assert [each.soname for each in locked(run, fedora).unresolved] == ["libpq.so.5"]
        assert "only the repository `crb`, which is not enabled, has it" in run("why", "libpq.so.5", *place(fedora)).out


@pytest.mark.parametrize(
    ("packages", "installs"),
    [
        ((LIBPQ,), ("libpq",)),
        ((LIBPQ, PRIVATE), ("libpq",)),
        ((LIBPQ, DEVELOPMENT), ("libpq",)),
        ((LIBPQ, OTHER), (CAPABILITY,)),
        ((PRIVATE,), ()),
        ((DEVELOPMENT,), ()),
    ],
    ids=["one", "a private copy", "one for compiling", "several", "a private copy alone", "one for compiling alone"],
)
def test_an_index_names_the_package(
    fedora: Path, run: Run, packages: tuple[Rpm, ...], installs: tuple[str, ...]
) -> None:
    """It knows where files lie; the caches may be gone afterwards."""
    configure(fedora, "fedora")
    cache = write_repository(fedora / CACHE, (*SYSTEM, *packages))
    made = run("index", "update", "--root", str(fedora))
    assert made.status == 0
    assert made.err.startswith(f"wrote the index of {TARGET}, archive of Mon, 24 Nov 2025 16:00:00 +0000: `")
    for path in cache.rglob("*.xml*"):
        path.unlink()
    target = locked(run, fedora)
    assert target.installs == installs
    assert all(checked for _, checked in needs_of(target))


def test_an_index_shows_what_the_repositories_have(fedora: Path, run: Run) -> None:
    """Counts, the C library, the Python, and the packages of every image."""
    configure(fedora, "fedora")
    write_repository(fedora / CACHE, (*SYSTEM, LIBPQ))
    run("index", "update", "--root", str(fedora), "--shared")
    assert json.loads(run("index", "show", TARGET, "--json").out) == {
        "schema": 1,
        "target": TARGET,
        "date": "Mon, 24 Nov 2025 16:00:00 +0000",
        "release": "42",
        "glibc": "2.41",
        "python": "3.13",
        "sonames": 3,
        "programs": 3,
        "base": ["bash", "glibc"],
    }
    assert run("index", "show", TARGET, "libpq.so.5", "psql").out == "libpq.so.5: libpq\npsql: postgresql\n"
    assert "only for roots" not in run("index", "list").out


@pytest.mark.parametrize(("packages", "installs"), [((LIBPQ,), ("libpq",)), ((LIBPQ, OTHER), (CAPABILITY,)), ((), ())])
def test_a_shared_index_answers_for_a_target(
    fedora: Path, run: Run, packages: tuple[Rpm, ...], installs: tuple[str, ...]
) -> None:
    """Wheels are locked with names, on any machine; the C library is not a need."""
    write_repository(fedora / "srv", [*SYSTEM, *packages])
    configure(fedora, "local baseurl=/srv")
    assert run("index", "update", "--root", str(fedora), "--shared").status == 0
    module = Elf(needed=("libpq.so.5", "libc.so.6"), version_needs=(("libc.so.6", ("GLIBC_2.42",)),)).build()
    files = {"one/_core.abi3.so": module, "one/__init__.py": b"import ctypes\nctypes.CDLL('libc.so.6')\n"}
    build_wheel(fedora.parent / "wheels", "one", files, tag="cp313-cp313-linux_x86_64")
    found = run("lock", "--wheels", "wheels", "--target", TARGET)
    assert found.status == 0
    assert f"one needs glibc 2.42, but {TARGET} has 2.41: it will not run there" in found.err
    (target,) = loads((fedora.parent / "sysdeps.lock").read_text()).target
    assert (target.installs, target.libc, target.release) == (installs, "glibc", "42")
    assert "libc.so.6" not in (fedora.parent / "sysdeps.lock").read_text()


def test_a_lock_of_what_is_installed_is_the_same_with_an_index(tmp_path: Path, run: Run) -> None:
    """Byte for byte: the base is that of the database."""
    root = small_fedora(tmp_path / "root")
    locked(run, root)
    without = (tmp_path / "sysdeps.lock").read_bytes()
    configure(root, "fedora")
    write_repository(root / CACHE, (*SYSTEM, LIBPQ, OTHER))
    assert run("index", "update", "--root", str(root)).status == 0
    locked(run, root)
    assert (tmp_path / "sysdeps.lock").read_bytes() == without


def test_a_repository_in_the_root_is_read(fedora: Path, run: Run) -> None:
    """`file:`, whatever folder of this machine has the same name; no cache is needed."""
    configure(fedora, "local baseurl=file:///srv/repository/$basearch")
    write_repository(fedora / "srv/repository/x86_64", [*SYSTEM, LIBPQ])
    assert run("index", "update", "--root", str(fedora)).status == 0
    assert locked(run, fedora).installs == ("libpq",)


@pytest.mark.parametrize("way", ["cache", "index"])
def test_a_32_bit_python_gets_32_bit_packages(fedora: Path, run: Run, way: str) -> None:
    """The metadata has both, the index the system's own; a capability without a mark is of a 32-bit library."""
    old = Elf(elf_class=32, machine=3)
    libraries = {"ld-linux.so.2": old, "libc.so.6": replace(old, soname="libc.so.6", needed=("ld-linux.so.2",))}
    for name, elf in libraries.items():
        write_library(fedora, f"/usr/lib/{name}", elf)
    program = replace(old, interpreter="/lib/ld-linux.so.2", needed=("libc.so.6",))
    write_library(fedora, "/usr/bin/python3.11", program).chmod(0o755)
    module = replace(old, needed=("libpq.so.5",), defined=("PyInit__psycopg",))
    write_library(fedora, f"{SITE}/psycopg2/_psycopg.cpython-311-i386-linux-gnu.so", module)
    (fedora / f"{SITE}/{MODULE}".lstrip("/")).unlink()
    i686 = Rpm(name="libpq", version="17", architecture="i686", provides=("libpq.so.5",))
    configure(fedora, "fedora")
    write_repository(fedora / CACHE, [*SYSTEM, LIBPQ, i686])
    if way == "index":
        assert run("index", "update", "--root", str(fedora)).status == 0
    assert locked(run, fedora).installs == ("libpq.i686",)


@pytest.mark.parametrize("url", ["file:///srv/link", "file:///srv/../../outside", "file:///outside", "/srv/link"])
def test_a_repository_outside_the_root_is_not_read(fedora: Path, run: Run, url: str) -> None:
    """Links and `..` end at the top of the root, and a path is one in the root."""
    outside = write_repository(fedora.parent / "outside", [*SYSTEM, LIBPQ])
    link(fedora / "srv/link", str(outside))
    configure(fedora, f"local baseurl={url}")
    found = run("index", "update", "--root", str(fedora))
    assert (found.status, len(found.err.splitlines())) == (2, 2)
    assert "No such file or directory" in found.err


@pytest.mark.parametrize("name", ["fedora.repo", "vars"])
def test_an_invalid_configuration_is_one_error(fedora: Path, run: Run, name: str) -> None:
    """With the file and the line; an unknown variable is said, and nothing is asked."""
    if name == "vars":
        configure(fedora, "fedora baseurl=https://127.0.0.1:9/$nosuch")
        expected = "its URL has an unknown variable"
    else:
        write(fedora / "etc/yum.repos.d" / name, "[fedora]\nbaseurl\n")
        expected = f"/etc/yum.repos.d/{name}: line 2: not a repository file"
    found = run("index", "update", "--root", str(fedora))
    assert (found.status, len(found.err.splitlines())) == (2, 2)
    assert expected in found.err


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Return a server by https with a repository in `/fedora/42/x86_64`."""
    write_repository(tmp_path / "www/fedora/42/x86_64", [*SYSTEM, LIBPQ])
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    for name in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with served(tmp_path / "www", certificate) as running:
        yield running


@pytest.mark.parametrize("way", ["baseurl", "mirrorlist", "metalink"])
def test_a_repository_is_fetched_by_https(fedora: Path, run: Run, server: Server, way: str) -> None:
    """By its URL, a list of mirrors, or a metalink, with the variables of the root."""
    www, repository = fedora.parent / "www", f"{server.url}/fedora/42/x86_64"
    repomd = (www / "fedora/42/x86_64/repodata/repomd.xml").read_bytes()
    write(www / "mirrors-42", f"# mirrors\nhttp://127.0.0.1:9/\n{repository}/\n")
    write(www / "metalink-x86_64", metalink(repomd, f"{repository}/repodata/repomd.xml"))
    url = {
        "baseurl": f"{server.url}/$where/$releasever/${{basearch}}",
        "mirrorlist": f"{server.url}/mirrors-$releasever",
        "metalink": f"{server.url}/metalink-$basearch",
    }[way]
    configure(fedora, f"fedora {way}={url}")
    write(fedora / "etc/dnf/vars/where", "fedora\n")
    assert run("index", "update", "--root", str(fedora)).status == 0
    assert locked(run, fedora).installs == ("libpq",)


def test_another_release_is_fetched(fedora: Path, run: Run, server: Server) -> None:
    """`--suite` is dnf's `--releasever`; caches of the root's own release do not count."""
    write_repository(fedora.parent / "www/fedora/43/aarch64", [OTHER])
    write_repository(fedora / CACHE, [LIBPQ])
    configure(fedora, f"fedora baseurl={server.url}/fedora/$releasever/$basearch")
    argv = ("--suite", "43", "--architecture", "aarch64")
    other = Rpm(
        name="other", architecture="aarch64", provides=("libother.so.1()(64bit)",), files=("/usr/lib64/libother.so.1",)
    )
    write_repository(fedora.parent / "www/fedora/43/aarch64", [other])
    assert run("index", "update", "--root", str(fedora), "--shared", *argv).status == 0
    assert run("index", "show", "fedora-43-aarch64", "libother.so.1").out == "libother.so.1: other\n"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("repo_gpgcheck=1", "its metadata must be signed, and only the package manager can verify that"),
        ("sslverify=0", "`sslverify` is off, so its server's certificate would not be verified"),
        ("sslclientcert=/etc/pki/a.pem", "it requires a client certificate, which only the package manager uses"),
    ],
)
def test_a_repository_that_we_cannot_verify_is_left_out(
    fedora: Path, run: Run, server: Server, options: str, reason: str
) -> None:
    """With the reason; the others make the index, and nothing is asked of its server."""
    configure(fedora, "fedora baseurl=file:///srv", f"more {options} baseurl={server.url}/fedora/42/x86_64")
    write_repository(fedora / "srv", SYSTEM)
    found = run("index", "update", "--root", str(fedora))
    assert (found.status, found.err.splitlines()[0]) == (0, f"warning: the repository `more` is left out: {reason}")
    assert server.asked == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "ftp://127.0.0.1/x", "https://user@127.0.0.1/x"])
def test_a_url_that_is_not_safe_is_not_opened(fedora: Path, run: Run, url: str) -> None:
    """`repomd.xml` is not verified over http."""
    configure(fedora, f"fedora baseurl={url}")
    found = run("index", "update", "--root", str(fedora))
    assert (found.status, found.err.splitlines()[0]) == (
        2,
        (
            "error: no repository could be read: the repository `fedora` is left out: "
            f"`{url}/repodata/repomd.xml` is not downloaded: only https URLs without a user name are"
        ),
    )


def test_a_redirection_to_http_is_not_followed(fedora: Path, run: Run, server: Server) -> None:
    """The server at the other end is not verified."""
    configure(fedora, f"fedora baseurl={server.url}/to/http://127.0.0.1:9")
    found = run("index", "update", "--root", str(fedora))
    assert found.status == 2
    assert "is not downloaded: only https URLs" in found.err


def test_a_server_without_a_trusted_certificate_is_refused(
    fedora: Path, run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its certificate is of no authority of this machine."""
    monkeypatch.delenv("SSL_CERT_FILE")
    configure(fedora, f"fedora baseurl={server.url}/fedora/42/x86_64")
    found = run("index", "update", "--root", str(fedora))
    assert found.status == 2
    assert "certificate verify failed" in found.err


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _other(path: Path) -> None:
    path.write_bytes(gzip.compress(primary([OTHER]), mtime=0))


def _document_type(path: Path) -> None:
    _replace(path, b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + primary([OTHER]))


def _inflated(path: Path) -> None:
    _replace(path, primary([OTHER]) + b" " * (20 << 20))


def _replace(path: Path, content: bytes) -> None:
    """Write another primary, with its checksum."""
    packed = gzip.compress(content, mtime=0)
    repomd = path.parent / "repomd.xml"
    old = hashlib.sha256(path.read_bytes()).hexdigest().encode()
    new = hashlib.sha256(packed).hexdigest().encode()
    repomd.write_bytes(repomd.read_bytes().replace(b">" + old, b">" + new))
    path.write_bytes(packed)


@pytest.mark.parametrize(
    "damage",
    [
        (_cut, "offset 0: its sha256 differs from repomd.xml"),
        (_other, "offset 0: its sha256 differs from repomd.xml"),
        (_document_type, "line 1: document types and entities are not allowed"),
        (_inflated, "LIMIT"),
    ],
    ids=["cut", "another", "a document type", "inflated"],
)
@pytest.mark.parametrize("way", ["cache", "folder", "server"])
def test_damaged_metadata_is_one_error(
    fedora: Path, run: Run, server: Server, damage: tuple[Callable[[Path], None], str], way: str
) -> None:
    """With the file; the old index stays and continues to answer."""
    spoil, reason = damage
    places = {
        "cache": ("/" + CACHE, "https://127.0.0.1:9/"),
        "folder": ("/srv", "file:///srv"),
        "server": (f"{server.url}/fedora/42/x86_64", f"{server.url}/fedora/42/x86_64"),
    }
    shown, url = places[way]
    folder = {"cache": fedora / CACHE, "folder": fedora / "srv", "server": fedora.parent / "www/fedora/42/x86_64"}[way]
    configure(fedora, f"fedora baseurl={url}")
    write_repository(folder, [*SYSTEM, LIBPQ])
    assert run("index", "update", "--root", str(fedora)).status == 0
    (path,) = folder.glob("repodata/*-primary.xml.gz")
    spoil(path)
    limit = 64 * path.stat().st_size + (16 << 20)
    reason = reason.replace("LIMIT", f"offset {limit} of the content: more than {limit} bytes of content")
    found = run("index", "update", "--root", str(fedora))
    assert (found.status, found.err.splitlines()) == (
        2,
        [
            f"error: {shown}/repodata/{path.name}: {reason}",
            f"hint: {AGAIN if way == 'cache' else ''}the old index, if there is one, is left as it was",
        ],
    )
    assert locked(run, fedora).installs == ("libpq",)


def test_a_repomd_that_the_metalink_does_not_know_is_an_error(fedora: Path, run: Run, server: Server) -> None:
    """A mirror with other metadata than the one that the distribution verifies."""
    www = fedora.parent / "www"
    write(www / "metalink", metalink(b"another", f"{server.url}/fedora/42/x86_64/repodata/repomd.xml"))
    configure(fedora, f"fedora metalink={server.url}/metalink")
    found = run("index", "update", "--root", str(fedora))
    assert found.status == 2
    assert "repodata/repomd.xml: offset 0: its checksum is not in the metalink" in found.err


def test_a_lock_with_a_damaged_cache_is_one_error(fedora: Path, run: Run) -> None:
    """A damaged cache is an error like a damaged database."""
    configure(fedora, "fedora")
    (path,) = write_repository(fedora / CACHE, [LIBPQ]).glob("repodata/*-primary.xml.gz")
    _cut(path)
    found = run("lock", *place(fedora))
    assert (found.status, len(found.err.splitlines())) == (2, 2)


def test_a_system_without_repositories_makes_no_index(fedora: Path, run: Run) -> None:
    """The error says where repositories are configured."""
    found = run("index", "update", "--root", str(fedora))
    assert (found.status, found.err.splitlines()) == (
        2,
        ["error: no repository is enabled", "hint: dnf.conf(5) and zypper(8) say how to configure one"],
    )


def test_a_format_that_python_lacks_is_no_obstacle_to_a_lock(fedora: Path, run: Run) -> None:
    """The library is a capability then, as without metadata."""
    configure(fedora, "fedora")
    folder = write_repository(fedora / CACHE, [LIBPQ])
    (path,) = folder.glob("repodata/*-primary.xml.gz")
    zstd = bytes.fromhex("28b52ffd") + b"x" * 40
    repomd = folder / "repodata/repomd.xml"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    repomd.write_text(repomd.read_text().replace(f">{digest}", f">{hashlib.sha256(zstd).hexdigest()}"))
    path.write_bytes(zstd)
    assert needs_of(locked(run, fedora)) == [(CAPABILITY, False)]
