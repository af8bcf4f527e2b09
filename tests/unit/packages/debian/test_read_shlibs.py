"""Where the symbols and shlibs files of a package lie, and which of them counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.dpkg import Package, write_database
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.packages.debian.database import read_database
from pip_sysdeps.packages.debian.read_shlibs import Shlibs
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

INFO = "var/lib/dpkg/info"
SONAME = "libz.so.1"


def read(root: Path, files: dict[str, str]) -> Shlibs:
    """Write the files into a root where zlib1g is installed for two architectures."""
    same = {"Multi-Arch": "same"}
    write_database(
        root,
        Package(name="dpkg"),
        Package(name="zlib1g", fields=same),
        Package(name="zlib1g", architecture="i386", fields=same),
    )
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    inside = Root(str(root))
    packages = read_database(inside)
    assert packages is not None
    return Shlibs(inside, packages)


def symbols(template: str) -> str:
    """Write a symbols file with one template."""
    return f"{SONAME} {template}\n deflate@Base 1\n"


@pytest.mark.parametrize(
    "files",
    [
        {f"{INFO}/zlib1g:amd64.symbols": "right"},
        {f"{INFO}/zlib1g:amd64.symbols": "wrong", "etc/dpkg/symbols/zlib1g.symbols": "right"},
        {"etc/dpkg/symbols/zlib1g.symbols": "wrong", "etc/dpkg/symbols/zlib1g.symbols.amd64": "right"},
        {"etc/dpkg/symbols/zlib1g.symbols.i386": "wrong", f"{INFO}/zlib1g:amd64.symbols": "right"},
        {f"{INFO}/zlib1g:i386.symbols": "wrong", f"{INFO}/zlib1g:amd64.symbols": "right"},
    ],
)
def test_the_administrators_symbols_count_before_the_packages(tmp_path: Path, files: dict[str, str]) -> None:
    """And those for the architecture before those for all."""
    library = read(tmp_path, {path: symbols(template) for path, template in files.items()}).library(SONAME, "zlib1g")
    assert library.symbols is not None
    assert library.symbols.templates == ("right",)


def test_a_file_without_the_library_is_passed_over(tmp_path: Path) -> None:
    """The next one is asked."""
    files = {"etc/dpkg/symbols/zlib1g.symbols": "libx.so.1 wrong\n", f"{INFO}/zlib1g:amd64.symbols": symbols("right")}
    library = read(tmp_path, files).library(SONAME, "zlib1g")
    assert library.symbols is not None
    assert library.symbols.templates == ("right",)


@pytest.mark.parametrize(
    ("files", "shlibs"),
    [
        ({f"{INFO}/zlib1g:amd64.shlibs": "libz 1 own"}, "own"),
        ({f"{INFO}/zlib1g:amd64.shlibs": "libz 1 own", "etc/dpkg/shlibs.override": "libz 1 override"}, "override"),
        ({f"{INFO}/zlib1g:amd64.shlibs": "libz 1 own", "etc/dpkg/shlibs.default": "libz 1 default"}, "own"),
        ({f"{INFO}/zlib1g:amd64.shlibs": "libx 1 own", "etc/dpkg/shlibs.default": "libz 1 default"}, "default"),
        ({f"{INFO}/zlib1g:i386.shlibs": "libz 1 foreign"}, None),
        ({}, None),
    ],
)
def test_the_order_of_shlibs_files(tmp_path: Path, files: dict[str, str], shlibs: str | None) -> None:
    """override, the package's own, default."""
    library = read(tmp_path, files).library(SONAME, "zlib1g")
    assert (library.symbols, library.shlibs) == (None, shlibs)


def test_symbols_count_before_shlibs(tmp_path: Path) -> None:
    """Even before the administrator's shlibs.override."""
    files = {f"{INFO}/zlib1g:amd64.symbols": symbols("zlib1g"), "etc/dpkg/shlibs.override": "libz 1 override\n"}
    library = read(tmp_path, files).library(SONAME, "zlib1g")
    assert library.symbols is not None
    assert library.shlibs is None


def test_a_private_library_has_no_shlibs(tmp_path: Path) -> None:
    """One without a DT_SONAME is in symbols files or nowhere."""
    library = read(tmp_path, {f"{INFO}/zlib1g:amd64.shlibs": "libz 1 own"}).library(SONAME, "zlib1g", public=False)
    assert (library.symbols, library.shlibs) == (None, None)


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    """The version stays unknown, and that can be seen."""
    shlibs = read(tmp_path, {})
    (tmp_path / "etc/dpkg/shlibs.override").mkdir(parents=True)
    assert shlibs.library(SONAME, "zlib1g").shlibs is None
    assert shlibs.skipped == [
        Skipped(path="/etc/dpkg/shlibs.override", verdict=Verdict.UNREADABLE, reason="Not a regular file")
    ]
