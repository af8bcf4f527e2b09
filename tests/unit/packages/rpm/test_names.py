"""Names that a lock may hold and a command line may receive."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.rpm.names import (
    is_development,
    is_package_name,
    is_version,
    source_package,
    split_name,
)


@pytest.mark.parametrize("name", ["libpq", "libstdc++", "glibc.i686", "python3.11-libs", "gtk+", "389-ds-base", "_a"])
def test_names_of_packages_pass(name: str) -> None:
    """Letters, digits, and the signs that rpm allows."""
    assert is_package_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "-y", "@core", "a*", "a b", "a\n", "/usr/lib64/a.so", "!a", "~a", "+a", "a>=1", "a[b]", "libé"],
)
def test_names_that_a_command_would_read_as_an_option(name: str) -> None:
    """Options, groups, patterns, paths, removals and comparisons are no names."""
    assert not is_package_name(name)


@pytest.mark.parametrize(
    ("version", "good"),
    [("1.0-1.fc40", True), ("1:2~rc1^git-3", True), ("1.0", False), ("a:1-1", False), ("1-1 x", False)],
)
def test_a_version_is_whole(version: str, *, good: bool) -> None:
    """A version has its release; an epoch is a number."""
    assert is_version(version) is good


@pytest.mark.parametrize(
    ("name", "development"),
    [
        ("libpq-devel", True),
        ("libpq-devel.i686", True),
        ("libpq", False),
        ("zlib-devel-32bit", True),
        ("zlib-static", True),
    ],
)
def test_development_packages_are_known_by_their_names(name: str, *, development: bool) -> None:
    """Packages of headers end in `-devel` and the like."""
    assert is_development(name) is development


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("glibc.i686", ("glibc", "i686")),
        ("python3.11", ("python3.11", "")),
        ("libpq", ("libpq", "")),
        (".i686", ("", "i686")),
    ],
)
def test_a_name_may_end_in_an_architecture(name: str, parts: tuple[str, str]) -> None:
    """A dot is in names as well: only a known architecture is one."""
    assert split_name(name) == parts


@pytest.mark.parametrize(
    ("file", "name", "version"),
    [("zlib-1.3.1-2.fc42.src.rpm", "zlib", "1.3.1-2.fc42"), ("a-b-1-1.nosrc.rpm", "a-b", "1-1"), ("zlib", "", "")],
)
def test_a_source_package_is_taken_apart(file: str, name: str, version: str) -> None:
    """The file name of a source package gives its name and version."""
    assert source_package(file) == (name, version)
