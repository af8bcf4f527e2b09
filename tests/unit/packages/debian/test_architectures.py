"""Debian's names of architectures."""

from __future__ import annotations

import pytest

from builders.facts import elf_of_header
from pip_sysdeps.packages.debian.architectures import architecture_of


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ((62, 64, True, 0), "amd64"),
        ((62, 32, True, 0), "x32"),
        ((3, 32, True, 0), "i386"),
        ((183, 64, True, 0), "arm64"),
        ((40, 32, True, 0x5000400), "armhf"),
        ((40, 32, True, 0x5000200), "armel"),
        ((21, 64, True, 2), "ppc64el"),
        ((22, 64, False, 0), "s390x"),
        ((243, 64, True, 5), "riscv64"),
        ((40, 32, False, 0), ""),
        ((9999, 64, True, 0), ""),
    ],
)
def test_architecture_of_an_elf_header(header: tuple[int, int, bool, int], name: str) -> None:
    """Machine, ELF class, byte order and the float flag of ARM decide."""
    assert architecture_of(elf_of_header(*header)) == name
