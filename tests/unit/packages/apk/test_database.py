"""apk's installed database: packages, owners, the base."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from builders.apk import ALPINE, WOLFI, ApkEntry, apk_database, apk_index, write_apk_database
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.apk.database import ApkDatabase
from pip_sysdeps.packages.apk.read_database import read_packages
from pip_sysdeps.packages.apk.read_indices import read_candidates, read_indices
from pip_sysdeps.system.root import Root

MUSL = ApkEntry(name="musl", provides=("so:libc.musl-x86_64.so.1=1",), files=("/lib/ld-musl-x86_64.so.1",))
BUSYBOX = ApkEntry(
    name="busybox", depends=("so:libc.musl-x86_64.so.1",), provides=("cmd:ls=1", "/bin/sh"), files=("/bin/busybox",)
)
LIBPQ = ApkEntry(name="libpq", files=("/usr/lib/libpq.so.5", "/usr/lib/libpq.so.5.17", "/.pq", "/etc/pq/a b"))
OTHER = ApkEntry(name="other", files=("/usr/lib/libpq.so.5", "/usr/lib/sub/libx.so"))
DATABASE = ApkDatabase(apk_database(MUSL, BUSYBOX, LIBPQ, OTHER), base=("busybox", "none"))


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("/usr/lib/libpq.so.5.17", ["libpq"]),
        ("/usr/lib/libpq.so.5", ["libpq", "other"]),
        ("/usr/lib/sub/libx.so", ["other"]),
        ("/.pq", ["libpq"]),
        ("/etc/pq/a b", ["libpq"]),
        ("/usr/lib/sub", []),
        ("/usr/lib", []),
        ("/usr/lib/libpq.so", []),
        ("/lib/libpq.so.5", []),
        ("/", []),
    ],
)
def test_owners_of_a_path(path: str, owners: list[str]) -> None:
    """Files and links have owners, by the path as it stands; folders have none."""
    assert list(DATABASE.owners(path)) == owners


def test_files_of_a_package() -> None:
    """They are absolute, in the order of the database."""
    assert list(DATABASE.files("libpq")) == [
        "/.pq",
        "/etc/pq/a b",
        "/usr/lib/libpq.so.5",
        "/usr/lib/libpq.so.5.17",
    ]


def test_every_file_has_its_package() -> None:
    """What a package lists, it owns."""
    for name in DATABASE.packages:
        assert all(name in DATABASE.owners(path) for path in DATABASE.files(name))


def test_the_base_with_all_that_it_depends_on() -> None:
    """Capabilities lead to the packages that provide them."""
    assert DATABASE.base == {"busybox", "musl"}


def test_a_base_that_all_provide_and_all_require() -> None:
    """It costs what its packages cost, not each of them for each."""
    entries = (ApkEntry(name=f"p{number}", depends=("x",), provides=("x",)) for number in range(5000))
    assert len(ApkDatabase(apk_database(*entries), base=("p0",)).base) == 5000


def test_an_empty_folder_has_no_files() -> None:
    """A folder without files does not get those of the next folder or package."""
    text = b"P:a\nV:1\nF:usr\nF:usr/lib\nR:x\nF:etc\n\nP:b\nV:1\nF:opt\nR:y\n\n"
    database = ApkDatabase(text)
    found = {path: list(database.owners(path)) for path in ("/usr/x", "/usr/lib/x", "/etc/y", "/opt/y", "/opt/x")}
    assert found == {"/usr/x": [], "/usr/lib/x": ["a"], "/etc/y": [], "/opt/y": ["b"], "/opt/x": []}


def test_providers() -> None:
    """A name stands for its package and for what provides it."""
    assert [DATABASE.providers(name) for name in ("musl", "cmd:ls", "/bin/sh", "so:libz.so.1")] == [
        ["musl"],
        ["busybox"],
        ["busybox"],
        (),
    ]


def test_the_architecture_of_most_packages() -> None:
    """Those for all architectures do not count."""
    noarch = [ApkEntry(name=name, architecture="noarch") for name in "abcd"]
    assert ApkDatabase(apk_database(*noarch, MUSL)).architecture == "x86_64"


def test_bytes_that_are_no_text() -> None:
    """A path keeps them."""
    entry = ApkEntry(name="a", files=("/usr/\udcff/x\udcfe",))
    assert list(ApkDatabase(apk_database(entry)).owners("/usr/\udcff/x\udcfe")) == ["a"]


def test_a_path_that_leads_out_is_refused() -> None:
    """No package owns what lies outside."""
    with pytest.raises(MalformedError, match="invalid path"):
        ApkDatabase(apk_database(ApkEntry(name="a", files=("/../etc/passwd",))))


def test_a_database_that_apk_wrote() -> None:
    """What apk 3.0.6 wrote for two packages and a virtual one."""
    database = ApkDatabase((Path(__file__).parents[3] / "data" / "apk" / "installed").read_bytes())
    assert {name: list(database.files(name)) for name in database.packages} == {
        ".build-deps": [],
        "tool": ["/usr/bin/tool"],
        "zlib": ["/.top", "/usr/lib/libz.so.1", "/usr/lib/libz.so.1.3"],
    }
    assert [list(database.owners(path)) for path in ("/.top", "/usr/lib/libz.so.1.3", "/usr/bin/tool")] == [
        ["zlib"],
        ["zlib"],
        ["tool"],
    ]
    assert database.packages["tool"].requires == (("so:libz.so.1",),)
    assert database.providers("so:libz.so.1") == ["zlib"]


@pytest.mark.parametrize("place", [ALPINE, WOLFI])
def test_the_database_of_a_root(tmp_path: Path, place: str) -> None:
    """Alpine's place and Wolfi's."""
    write_apk_database(tmp_path, MUSL, place=place)
    (tmp_path / "etc/apk").mkdir(parents=True)
    (tmp_path / "etc/apk/arch").write_text("armhf\n")
    database = read_packages(Root(str(tmp_path)))
    assert database is not None
    assert (list(database.packages), database.architecture) == (["musl"], "armhf")


def test_a_root_without_a_database(tmp_path: Path) -> None:
    """The result is None."""
    assert read_packages(Root(str(tmp_path))) is None


def test_a_cut_database_is_an_error_with_its_place(tmp_path: Path) -> None:
    """The error names the file and the line."""
    write_apk_database(tmp_path, MUSL)
    path = tmp_path / ALPINE
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(SysdepsError) as caught:
        read_packages(Root(str(tmp_path)))
    line = path.read_bytes().count(b"\n") + 1
    assert str(caught.value) == f"/{ALPINE}: line {line}: the text is cut off: no blank line ends the last package"
    assert caught.value.hint


def test_indices_beside_the_database(tmp_path: Path) -> None:
    """Each is read once, under the first of its names; other files are left alone."""
    cache = tmp_path / "var/cache/apk"
    cache.mkdir(parents=True)
    (cache / "APKINDEX.0123abcd.tar.gz").write_bytes(apk_index(MUSL, LIBPQ))
    (cache / "musl-1.2.5-r0.0123abcd.apk").write_bytes(b"")
    (tmp_path / "etc/apk").mkdir(parents=True)
    (tmp_path / "etc/apk/cache").symlink_to("/var/cache/apk")
    found = {path: [each.name for each in packages] for path, packages in read_indices(Root(str(tmp_path)))}
    assert found == {"/etc/apk/cache/APKINDEX.0123abcd.tar.gz": ["musl", "libpq"]}


def test_packages_that_the_indices_list(tmp_path: Path) -> None:
    """Each package in its newest version; nothing is known without indices."""
    assert read_candidates(Root(str(tmp_path))) is None
    cache = tmp_path / "var/cache/apk"
    cache.mkdir(parents=True)
    (cache / "APKINDEX.0.tar.gz").write_bytes(apk_index(MUSL, LIBPQ))
    (cache / "APKINDEX.1.tar.gz").write_bytes(apk_index(replace(LIBPQ, version="99.1-r0")))
    listed = read_candidates(Root(str(tmp_path)))
    assert listed is not None
    assert {name: each.version for name, each in listed.items()} == {"musl": MUSL.version, "libpq": "99.1-r0"}


def test_what_has_install_if_is_not_recommended() -> None:
    """Apk installs it with the others by itself: a line without it leaves nothing out."""
    plugin = replace(OTHER, name="libpq-plugin", install_if=("libpq=1.0-r0", "other"))
    database = ApkDatabase(apk_database(MUSL, BUSYBOX, LIBPQ, plugin), base=())
    assert "i:libpq=1.0-r0 other" in plugin.stanza()
    assert database.recommends("libpq") == ()
