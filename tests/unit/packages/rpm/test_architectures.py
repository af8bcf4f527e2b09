"""rpm's names of architectures."""

from __future__ import annotations

import pytest

from builders.facts import elf_of_header
from pip_sysdeps.packages.rpm.architectures import ARCHITECTURES, architecture_of, base_architecture, capability_mark


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ((62, 64, True, 0), "x86_64"),
        ((3, 32, True, 0), "i686"),
        ((183, 64, True, 0), "aarch64"),
        ((40, 32, True, 0x5000400), "armv7hl"),
        ((40, 32, True, 0x5000200), ""),
        ((21, 64, True, 2), "ppc64le"),
        ((22, 64, False, 0), "s390x"),
        ((9999, 64, True, 0), ""),
    ],
)
def test_architecture_of_an_elf_header(header: tuple[int, int, bool, int], name: str) -> None:
    """Machine, ELF class, byte order and the float flag of ARM decide."""
    assert architecture_of(elf_of_header(*header)) == name


@pytest.mark.parametrize(
    ("architecture", "base", "mark"),
    [
        ("x86_64", "x86_64", "(64bit)"),
        ("riscv64", "riscv64", "(64bit)"),
        ("i686", "i386", ""),
        ("armv7hl", "armhfp", ""),
        ("later", "later", ""),
    ],
)
def test_other_words_of_an_architecture(architecture: str, base: str, mark: str) -> None:
    """`$basearch` of repositories, and the mark of a library's capability, which 64-bit ones have."""
    assert (base_architecture(architecture), capability_mark(architecture)) == (base, mark)
    assert architecture in ARCHITECTURES or architecture == "later"
