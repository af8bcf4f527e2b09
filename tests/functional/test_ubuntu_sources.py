"""`index update` with Ubuntu's sources: what only one of them has, those that apt skips, and those that are damaged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.archive import Archive, published_archive
from builders.root import write
from builders.ubuntu_sources import COMPONENTS, STANZA, configure_ubuntu
from pip_sysdeps.packages.index import write_index
from pip_sysdeps.packages.index_file import IndexTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builders.desk import Desk

pytestmark = pytest.mark.slow  # apt downloads and verifies lists; tests/functional/test_ubuntu.py is quick

TARGET = "ubuntu-noble-amd64"
NOBLE = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n'
SKIPPED = """
Enabled: no
Types: deb
URIs: http://127.0.0.1:9/disabled
Suites: noble
Components: main

Types: deb
URIs: http://127.0.0.1:9/ports
Suites: noble
Components: main
Architectures: arm64

Types: deb-src
URIs: http://127.0.0.1:9/sources
Suites: noble
Components: main
"""
"""Entries that apt does not ask for packages of amd64; nothing listens there."""


def packages_of(name: str) -> tuple[str, str]:
    """Return Packages and Contents of a component with one library."""
    contents = f"usr/lib/x86_64-linux-gnu/lib{name}.so.1    libs/lib{name}1\n"
    return f"Package: lib{name}1\nVersion: 2\n{STANZA}", contents


@pytest.fixture
def archive() -> Iterator[Archive]:
    """Return an archive with two components and two pockets, each with a library of its own."""
    with published_archive() as made:
        made.publish_ubuntu("noble", {**COMPONENTS, "multiverse": packages_of("multi")})
        for pocket in ("updates", "security"):
            made.publish_ubuntu("noble", {"main": packages_of(pocket)}, pocket=f"-{pocket}")
        yield made


@pytest.fixture
def noble(desk: Desk, archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """Return an Ubuntu 24.04 with that archive's release, updates and security as its sources."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(desk.root / "etc/os-release", NOBLE)
    configure_ubuntu(desk.root, archive)
    sources = desk.root / "etc/apt/sources.list.d/ubuntu.sources"
    sources.write_text(sources.read_text().replace("Suites: noble-updates", "Suites: noble-updates noble-security"))
    return desk


def dist(desk: Desk, archive: Archive, suite: str = "noble") -> Path:
    """Return the folder of a suite, as the root has it."""
    return desk.root / archive.folder.name / "dists" / suite


def update(desk: Desk) -> tuple[int, list[str]]:
    """Run the update; return its status and what it said."""
    found = desk.run("index", "update", "--root", str(desk.root), "--shared")
    return found.status, found.err.splitlines()


def test_what_only_one_source_has(noble: Desk) -> None:
    """Each pocket and component of the sources counts, instead of the old index; others do not."""
    index = Path(write_index(IndexTarget(id=TARGET, date="an earlier day"), {"library": {}}))
    status, said = update(noble)
    assert list(index.parent.iterdir()) == [index]
    assert (status, len(said)) == (0, 1), said
    answers = {
        "libupdates.so.1": "libupdates1",
        "libsecurity.so.1": "libsecurity1",
        "libGL.so.1": "libgl1-of-ubuntu",
        "libmulti.so.1": "no binary package has it",
    }
    assert noble.run("index", "show", TARGET, *answers).out == "".join(f"{each}: {answers[each]}\n" for each in answers)


def test_sources_that_apt_skips(noble: Desk) -> None:
    """Sources that apt skips are skipped silently."""
    path = noble.root / "etc/apt/sources.list.d/ubuntu.sources"
    path.write_text(path.read_text() + SKIPPED)
    status, said = update(noble)
    assert (status, len(said)) == (0, 1), said


def cut(path: Path, size: int = 20) -> None:
    """Cut the end off a file."""
    path.write_bytes(path.read_bytes()[:-size])


def unsign(folder: Path) -> None:
    """Remove the signature of the Release file."""
    signed = (folder / "InRelease").read_text().partition("\n\n")[2].partition("-----BEGIN")[0]
    (folder / "InRelease").unlink()
    (folder / "Release").write_text(signed)


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "Contents": (lambda folder: cut(folder / "Contents-amd64.gz"), "/dists/noble/Contents-amd64.gz  Hash Sum mismatch"),
    "Packages": (
        lambda folder: cut(folder / "main/binary-amd64/Packages"),
        "-amd64/Packages  Hash Sum mismatch",
    ),
    "InRelease": (lambda folder: cut(folder / "InRelease", 200), " noble InRelease: "),
    "unsigned": (unsign, " noble Release' is not signed"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_archive(noble: Desk, archive: Archive, tmp_path: Path, damage: str) -> None:
    """One error with the source and the reason, and the old index as it was."""
    index = Path(write_index(IndexTarget(id=TARGET, date="an earlier day"), {"library": {}}))
    old = index.read_bytes()
    spoil, reason = DAMAGES[damage]
    spoil(dist(noble, archive))
    status, (error, hint) = update(noble)
    kind = "Packages" if damage == "Packages" else "Contents"
    start = f"error: apt could not download and verify a {kind} index of ubuntu noble amd64: "
    assert (status, error.startswith(start), reason in error) == (2, True, True), error
    assert f"file:/{archive.folder.name}" in error
    assert hint == "hint: the old index, if there is one, is left as it was"
    assert index.read_bytes() == old
    assert list((tmp_path / "cache/pip-sysdeps/index").iterdir()) == [index]


def test_a_damaged_pocket(noble: Desk, archive: Archive) -> None:
    """The release is there: the pocket is left out, with a warning."""
    cut(dist(noble, archive, "noble-updates") / "Contents-amd64.gz")
    status, said = update(noble)
    assert status == 0
    assert said[0].startswith("warning: E: Failed to fetch file:/archive/dists/noble-updates/Contents-amd64.gz  Hash")
    assert noble.run("index", "show", TARGET, "libsecurity.so.1").out == "libsecurity.so.1: libsecurity1\n"
