"""The shipped index against dpkg's own file lists, for every library of two desktops and an office suite."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from builders.debian import debian_root
from pip_sysdeps.packages.index import open_index

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.debian, pytest.mark.exhaustive]

SUITES = ("bookworm", "trixie", "forky")
"""Those of the shipped index: the last is testing."""
DESKTOP = ("gnome-core", "kde-plasma-desktop", "libreoffice", "gimp", "vlc", "inkscape")
FOLDERS = ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib", "/usr/lib")


def owners(root: Path) -> dict[str, set[str]]:
    """Return file name -> installed packages that have it in a default directory, by dpkg's lists."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for listing in (root / "var/lib/dpkg/info").glob("*.list"):
        for line in listing.read_text(errors="surrogateescape").splitlines():
            folder, _, name = line.rpartition("/")
            if folder in FOLDERS and re.search(r"\.so(\.|$)", name):
                found[name].add(listing.stem.partition(":")[0])
    return found


def link_targets(root: Path, names: set[str]) -> set[str]:
    """Name the files that links of these names lead to: libexpat.so.1 -> libexpat.so.1.13.0."""
    paths = (root / folder.lstrip("/") / name for folder in FOLDERS for name in names)
    return {path.readlink().name for path in paths if path.is_symlink()}


@pytest.mark.parametrize("suite", SUITES)
def test_the_index_names_the_installed_owner(suite: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It does so for each of about two thousand libraries.

    A point release or security update may have renamed the file behind a soname's link since the index was made; then
    the soname itself must agree, and the file's name must be unknown, not another package's.
    """
    root = debian_root(suite, "release", DESKTOP)  # first: its own cache may be under XDG_CACHE_HOME
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    index = open_index(f"debian-{suite}-amd64")
    assert index is not None
    installed = owners(root)
    answers = {name: index.package_of(name) for name in installed}
    agreed = {name for name, answer in answers.items() if answer and answer.package in installed[name]}
    renamed = {name for name in link_targets(root, agreed) if answers.get(name) is None}
    assert {name: (sorted(installed[name]), answers[name]) for name in installed.keys() - agreed - renamed} == {}
    assert len(agreed) > 2000
    assert len(agreed) / len(installed) > 0.99


@pytest.mark.parametrize("suite", SUITES)
def test_the_base_set_is_installed_in_a_minimal_root(suite: str) -> None:
    """Every base package is in a debootstrap or mmdebstrap root of the release."""
    index = open_index(f"debian-{suite}-amd64")
    assert index is not None
    lists = (debian_root(suite) / "var/lib/dpkg/info").glob("*.list")
    assert index.base - {listing.stem.partition(":")[0] for listing in lists} == frozenset()
