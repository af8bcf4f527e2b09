"""apk's names of architectures."""

from __future__ import annotations

import pytest

from builders.facts import elf_of_header
from pip_sysdeps.packages.apk.architectures import ARCHITECTURES, architecture_of


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ((62, 64, True, 0), "x86_64"),
        ((3, 32, True, 0), "x86"),
        ((183, 64, True, 0), "aarch64"),
        ((40, 32, True, 0x5000400), "armv7"),
        ((40, 32, True, 0x5000200), "armel"),
        ((40, 32, False, 0x5000400), ""),
        ((21, 64, True, 2), "ppc64le"),
        ((22, 64, False, 0), "s390x"),
        ((243, 64, True, 5), "riscv64"),
        ((62, 32, True, 0), ""),
    ],
)
def test_architecture_of_an_elf_header(header: tuple[int, int, bool, int], name: str) -> None:
    """Machine, ELF class, byte order and the float flag of ARM decide."""
    assert architecture_of(elf_of_header(*header)) == name


def test_loaders_of_an_architecture() -> None:
    """The loader of musl is named after the machine; distributions with glibc have another one."""
    described = ARCHITECTURES["x86_64"]
    assert (described.loader, dict(described.other_loaders)) == (
        "ld-musl-x86_64.so.1",
        {"glibc": "ld-linux-x86-64.so.2"},
    )
    assert dict(ARCHITECTURES["armhf"].other_loaders) == {}
