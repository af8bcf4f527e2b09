"""What apt gets of another root's sources: what is known, written anew, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from builders.root import write
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.packages.debian.read_apt_sources import WrittenSources, read_sources, sources_key, write_sources
from pip_sysdeps.system.root import Root

LIST = "etc/apt/sources.list"
GOOD = "deb http://mirror.test/debian trixie main\n"
KEY = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return an empty root."""
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def written(root: Path, text: str, name: str = LIST) -> tuple[str, tuple[str, ...]]:
    """Return what apt gets of one file of sources, and what is reported of the rest."""
    write(root / name, text)
    made = rewritten(root)
    return Path(made.path).read_text(), made.skipped


def rewritten(root: Path) -> WrittenSources:
    """Write the sources of a root for apt."""
    folder = root.parent / "ours"
    folder.mkdir(exist_ok=True)
    return write_sources(Root(str(root)), read_sources(Root(str(root))), str(folder), "amd64")


def entry(uri: str, suite: str = "trixie", components: str = "main", signed_by: str = "") -> str:
    """Return a source as it is written."""
    lines = f"Types: deb\nURIs: {uri}\nSuites: {suite}\n" + (f"Components: {components}\n" if components else "")
    return lines + (f"Signed-By: {signed_by}\n" if signed_by else "")


@pytest.mark.parametrize(
    "uri",
    [
        "http://mirror.test/debian",
        "https://user:word@mirror.test:8443/debian/~x/",
        "http://[2001:db8::1]/debian",
        "https://mirror.test",
    ],
)
def test_archives_of_the_web_are_passed_on(root: Path, uri: str) -> None:
    """With their port, user and path."""
    assert written(root, f"deb {uri} trixie main\n") == (entry(uri), ())


@pytest.mark.parametrize(
    "uri",
    [
        "../../../../../opt/evil:///x",
        "/opt/evil:///x",
        "evil://x",
        "HTTP://mirror.test/debian",
        "cdrom:[Debian]/",
        "ssh://host/debian",
        "rsh://host/debian",
        "ftp://host/debian",
        "store:/x",
        "mirror+http://host/list",
        "mirror+copy:/list",
        "mirror://host/list",
        "tor+http://host/debian",
        "http+file:/x",
        "http://host/$(ARCH)",
        "http://",
        "file:relative",
        "copy://host/debian",
        "-oDir::Bin::methods=/evil",
    ],
)
def test_any_other_scheme_is_skipped_by_name(root: Path, uri: str) -> None:
    """For apt, what stands before ":" is the path of a program."""
    text, skipped = written(root, f"deb {uri} trixie main\n{GOOD}")
    assert text == entry("http://mirror.test/debian")
    reason = "it is neither an http or https URL nor a folder of the root"
    assert skipped == (f"skipped the apt source '{uri}': {reason}",)


def test_without_any_source_left_it_is_one_error(root: Path) -> None:
    """It says which was refused."""
    with pytest.raises(SysdepsError, match=r"^apt can use none of the sources: skipped the apt source 'evil:/x': "):
        written(root, "deb evil:/x trixie main\n")


@pytest.mark.parametrize("option", ["trusted", "allow-insecure", "allow-weak", "check-valid-until", "inrelease-path"])
def test_options_about_trust_are_ignored_and_said(root: Path, option: str) -> None:
    """Archives of a root are always verified."""
    text, skipped = written(root, f"deb [{option}=yes] http://mirror.test/debian trixie main\n")
    assert text == entry("http://mirror.test/debian")
    assert len(skipped) == 1
    assert skipped[0].lower() == f"ignored {option} of the apt source 'http://mirror.test/debian'"


@pytest.mark.parametrize(
    ("words", "bad"),
    [("../../etc main", "../../etc"), ("trixie ../main", "../main"), ("a/../b main", "a/../b"), ("$(X) main", "$(X)")],
)
def test_a_suite_never_leads_up(root: Path, words: str, bad: str) -> None:
    """Neither a suite nor a component may have `..`."""
    text, skipped = written(root, f"deb http://bad.test/debian {words}\n{GOOD}")
    assert text == entry("http://mirror.test/debian")
    assert skipped == (f"skipped the apt source 'http://bad.test/debian': bad suite or component '{bad}'",)


def test_a_suite_may_name_the_architecture(root: Path) -> None:
    """As sources.list(5) has it."""
    assert written(root, "deb http://mirror.test/x $(ARCH)/\n") == (entry("http://mirror.test/x", "amd64/", ""), ())


def test_keyrings_are_copied_under_names_of_ours(root: Path) -> None:
    """Two with one name do not replace each other, and none replaces what we wrote ourselves."""
    write(root / "a/written.sources", KEY)
    write(root / "b/written.sources", b"\x99binary")
    write(root / "etc/apt/trusted.gpg.d/written.sources.gpg", b"\x99trusted")
    fingerprint = "A" * 40
    line = f"deb [signed-by=/a/written.sources,/b/written.sources,{fingerprint}] http://mirror.test/debian trixie main"
    text, skipped = written(root, line)
    ours = root.parent / "ours"
    names = f"{ours}/keys/1.asc, {ours}/keys/2.gpg, {fingerprint}"
    assert (text, skipped) == (entry("http://mirror.test/debian", signed_by=names), ())
    contents = {str(path.relative_to(ours)): path.read_bytes() for path in ours.glob("*/*")}
    assert contents == {"keys/1.asc": KEY, "keys/2.gpg": b"\x99binary", "trusted/3.gpg": b"\x99trusted"}


def test_a_whole_key_becomes_a_file(root: Path) -> None:
    """No line of it stands among the fields of an entry."""
    folded = "\n".join(f" {line or '.'}" for line in KEY.decode().splitlines())
    stanza = f"Types: deb\nURIs: http://mirror.test/debian\nSuites: trixie\nComponents: main\nSigned-By:\n{folded}\n"
    text, _ = written(root, stanza, "etc/apt/sources.list.d/x.sources")
    path = root.parent / "ours/keys/1.asc"
    assert text == entry("http://mirror.test/debian", signed_by=str(path))
    assert path.read_bytes() == KEY


def test_an_unknown_form_of_signed_by_is_skipped(root: Path) -> None:
    """Neither a path, a fingerprint nor a key."""
    _, skipped = written(root, f"deb [signed-by=evil] http://bad.test/debian trixie main\n{GOOD}")
    assert skipped == ("skipped the apt source 'http://bad.test/debian': bad Signed-By 'evil'",)


def test_a_list_of_mirrors_becomes_its_first_one(root: Path) -> None:
    """As the cloud images of Debian have it; other schemes in it do not count."""
    write(root / "etc/apt/mirrors/debian.list", "file:/etc\nevil:/x\nhttps://mirror.test/debian\n")
    uri = "mirror+file:/etc/apt/mirrors/debian.list"
    assert written(root, f"deb {uri} trixie main\n") == (entry("https://mirror.test/debian"), ())
    write(root / "etc/apt/mirrors/debian.list", "file:/etc\n")
    _, skipped = written(root, f"deb {uri} trixie main\n{GOOD}")
    assert skipped == (f"skipped the apt source '{uri}': its list has no mirror with http or https",)


@pytest.mark.parametrize("scheme", ["file:", "copy:", "file://"])
def test_an_archive_of_the_root_is_copied(root: Path, scheme: str) -> None:
    """Only the indices that apt asks for; what leads out of the root stays inside it, as chroot(2) has it."""
    outside = root.parent / "outside"
    write(outside / "secret", "secret")
    dist = root / "repo/dists/trixie"
    for name in ("InRelease", "main/binary-amd64/Packages.xz", "main/Contents-amd64.gz", "main/binary-i386/Packages"):
        write(dist / name, name)
    os.symlink(outside / "secret", dist / "Release")
    os.symlink(outside, dist / "Contents-all.gz")
    made = written(root, f"deb {scheme}/repo trixie main\n")
    copy = root.parent / "ours/archives/1"
    assert made == (entry(f"file:{copy}"), ())
    assert sorted(str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()) == [
        "dists/trixie/InRelease",
        "dists/trixie/main/Contents-amd64.gz",
        "dists/trixie/main/binary-amd64/Packages.xz",
    ]


@pytest.mark.parametrize("suite", ["/", "./", "flat/"])
def test_a_flat_archive_of_the_root_is_copied(root: Path, suite: str) -> None:
    """An exact path instead of a suite; nothing is written outside of our folder."""
    place = root / "repo" / suite.strip("/")
    write(place / "InRelease", "x")
    write(place / "Packages", "y")
    written(root, f"deb file:/repo {suite}\n")
    copy = root.parent / "ours/archives/1"
    assert sorted(path.name for path in copy.rglob("*") if path.is_file()) == ["InRelease", "Packages"]
    assert not Path("/InRelease").exists()


def test_what_apt_reads_is_readable_for_its_own_user(root: Path) -> None:
    """Whatever the umask is."""
    write(root / "repo/dists/trixie/InRelease", "x")
    before = os.umask(0o077)
    try:
        written(root, "deb file:/repo trixie main\n")
    finally:
        os.umask(before)
    ours = root.parent / "ours"
    modes = {path.stat().st_mode & 0o777 for path in ours.rglob("*")}
    assert modes == {0o644, 0o755}


def test_a_folder_that_a_source_cannot_name_is_an_error(root: Path) -> None:
    """An entry would be split at the space."""
    write(root / LIST, GOOD)
    with pytest.raises(SysdepsError, match=r"^apt cannot read sources in '/srv/a b'$"):
        write_sources(Root(str(root)), read_sources(Root(str(root))), "/srv/a b", "amd64")


def test_endless_sources_are_an_error(root: Path) -> None:
    """Each is a request to somebody."""
    write(root / LIST, GOOD * 1001)
    with pytest.raises(SysdepsError, match=r"^the root has more than 1000 apt sources$"):
        read_sources(Root(str(root)))


def test_the_key_of_sources_tells_them_from_others(root: Path) -> None:
    """Another mirror, list of mirrors or keyring gives another key, anything else the same."""
    write(root / LIST, "deb [signed-by=/k.gpg] mirror+file:/m.list trixie main\n")
    keys = [sources_key(Root(str(root)))]
    for name in ("k.gpg", "m.list", "etc/apt/trusted.gpg.d/a.asc", "etc/apt/sources.list.d/b.list"):
        write(root / name, b"deb http://x y z")
        keys.append(sources_key(Root(str(root))))
    assert len(set(keys)) == len(keys)
    write(root / "etc/apt/apt.conf.d/evil", "x")
    assert sources_key(Root(str(root))) == keys[-1]
