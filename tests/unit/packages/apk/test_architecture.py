"""apk's names of architectures."""

from __future__ import annotations

import pytest

from builders.facts import elf
from pip_sysdeps.packages.apk.architecture import ARCHITECTURES, apk_architecture


@pytest.mark.parametrize(
    ("machine", "elf_class", "little_endian", "header_flags", "name"),
    [
        (62, 64, True, 0, "x86_64"),
        (3, 32, True, 0, "x86"),
        (183, 64, True, 0, "aarch64"),
        (40, 32, True, 0x5000400, "armv7"),
        (40, 32, True, 0x5000200, "armel"),
        (40, 32, False, 0x5000400, ""),
        (21, 64, True, 2, "ppc64le"),
        (22, 64, False, 0, "s390x"),
        (243, 64, True, 5, "riscv64"),
        (62, 32, True, 0, ""),
    ],
)
def test_names_of_architectures(
    *, machine: int, elf_class: int, little_endian: bool, header_flags: int, name: str
) -> None:
    """By the ELF header alone."""
    facts = elf(machine=machine, elf_class=elf_class, little_endian=little_endian, header_flags=header_flags)
    assert apk_architecture(facts) == name


def test_loaders_of_an_architecture() -> None:
    """Musl's is named after the machine; distributions with glibc have another one."""
    described = ARCHITECTURES["x86_64"]
    assert (described.loader, dict(described.other_loaders)) == (
        "ld-musl-x86_64.so.1",
        {"glibc": "ld-linux-x86-64.so.2"},
    )
    assert dict(ARCHITECTURES["armhf"].other_loaders) == {}
