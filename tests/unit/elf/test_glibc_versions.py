"""Versions of glibc that ELF files need."""

from __future__ import annotations

import pytest

from builders.facts import elf
from pip_sysdeps.elf.glibc_versions import impossible_glibc, newest_glibc
from pip_sysdeps.model.elf import ElfFile, VersionNeed


def needing(*versions: str) -> ElfFile:
    """Return an object that needs these symbol versions."""
    needs = (VersionNeed(soname="libc.so.6", version=each, weak=False) for each in versions)
    return elf("libc.so.6", version_needs=tuple(needs))


@pytest.mark.parametrize(
    ("versions", "newest", "impossible"),
    [
        ((), "", ""),
        (("GLIBC_2.5", "GLIBC_2.34", "GLIBC_2.17"), "2.34", ""),
        (("GLIBC_2.2.5", "GLIBC_2.2"), "2.2.5", ""),
        (("GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR", "GLIBCXX_3.4"), "", ""),
        (("GLIBC_2.5", "GLIBC_99999.1"), "2.5", "GLIBC_99999.1"),
        (("GLIBC_2", "GLIBC_2.5x"), "", "GLIBC_2"),
    ],
)
def test_versions_of_an_object(versions: tuple[str, ...], newest: str, impossible: str) -> None:
    """Versions are ordered as numbers; a number that glibc cannot have is distinguished from words."""
    assert (newest_glibc([needing(*versions)]), impossible_glibc(needing(*versions))) == (newest, impossible)


def test_the_newest_of_several_objects() -> None:
    """Each may need its own."""
    assert newest_glibc([needing("GLIBC_2.4"), needing("GLIBC_2.31"), elf()]) == "2.31"
