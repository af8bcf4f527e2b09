"""What package managers differ in."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.family import DownloadedMetadata
from pip_sysdeps.packages.registry import family_of


@pytest.mark.parametrize(
    ("capability", "whole", "lacks"),
    [("a", True, False), ("b", True, True), ("b", False, False), ("c", False, True), ("c", True, True)],
)
def test_a_capability_that_no_repository_offers(capability: str, whole: bool, lacks: bool) -> None:
    """Nothing is known of it if a repository has no metadata, unless a disabled one has it."""
    offered = DownloadedMetadata(providers={"a": ("one",)}, is_complete=whole, disabled={"c": "extras"})
    assert offered.lacks(capability) is lacks


@pytest.mark.parametrize(
    ("manager", "key", "version", "expected"),
    [
        ("dpkg", "libc6:i386", "2:1.0", (False, ("libc6", "i386"), ("", "2:1.0"))),
        ("rpm", "glibc.i686", "2:1.0", (True, ("glibc", "i686"), ("2", "1.0"))),
        ("apk", "so:libc.x", "1.0-r0", (True, ("so:libc.x", ""), ("", "1.0-r0"))),
    ],
)
def test_names_versions_and_the_need_of_an_index(
    manager: str, key: str, version: str, expected: tuple[bool, tuple[str, str], tuple[str, str]]
) -> None:
    """Each has its own way to write an architecture and an epoch; capabilities make an index needless."""
    family = family_of(manager)
    assert family is not None
    assert (family.needs_no_index, family.split_name(key), family.split_epoch(version)) == expected
