"""ELF facts: built files, each odd in one way."""

from __future__ import annotations

import pytest

from builders.elf import Elf
from pip_sysdeps.errors import MalformedElf
from pip_sysdeps.formats.elf import parse_elf
from pip_sysdeps.model import ElfFile, VersionNeed


def parse(content: bytes) -> ElfFile:
    """Parse bytes in memory."""
    return parse_elf(lambda size, offset: content[offset : offset + size], len(content))


@pytest.mark.parametrize("segments", [1, 2])
@pytest.mark.parametrize("little_endian", [True, False])
@pytest.mark.parametrize("elf_class", [32, 64])
def test_every_fact_in_every_encoding(elf_class: int, little_endian: bool, segments: int) -> None:
    """All facts come back from either class and byte order, also where address and offset differ."""
    built = Elf(
        elf_class=elf_class,
        little_endian=little_endian,
        segments=segments,
        os_abi=3,
        abi_version=1,
        machine=40,
        header_flags=0x05000400,
        interpreter="/lib/ld-linux-armhf.so.3",
        executable_stack=True,
        soname="liba.so.1",
        needed=("libc.so.6", "libb.so.2"),
        rpath="$ORIGIN/../lib",
        runpath="/opt/lib:$ORIGIN",
        flags=1,
        textrel=True,
        flags_1=0x800,
        version_needs=(("libc.so.6", ("GLIBC_2.34", "GLIBC_2.4?")), ("libb.so.2", ("B_1",))),
        defined=("PyInit_a",),
    ).build()
    assert parse(built) == ElfFile(
        elf_class=elf_class,
        little_endian=little_endian,
        os_abi=3,
        abi_version=1,
        type=3,
        machine=40,
        header_flags=0x05000400,
        interpreter="/lib/ld-linux-armhf.so.3",
        dynamic=True,
        executable_stack=True,
        soname="liba.so.1",
        needed=("libc.so.6", "libb.so.2"),
        rpath="$ORIGIN/../lib",
        runpath="/opt/lib:$ORIGIN",
        flags=5,
        flags_1=0x800,
        version_needs=(
            VersionNeed(soname="libc.so.6", version="GLIBC_2.34", weak=False),
            VersionNeed(soname="libc.so.6", version="GLIBC_2.4", weak=True),
            VersionNeed(soname="libb.so.2", version="B_1", weak=False),
        ),
    )


def test_every_prefix_is_facts_or_malformed() -> None:
    """A file cut anywhere gives facts or MalformedElf, nothing else."""
    built = Elf(soname="liba.so.1", needed=("libc.so.6",), version_needs=(("libc.so.6", ("GLIBC_2.34",)),)).build()
    cut = 0
    for length in range(len(built)):
        try:
            parse(built[:length])
        except MalformedElf as error:  # noqa: PERF203 - 700 tries
            assert error.where.startswith("offset ")  # noqa: PT017 - both outcomes are right
            cut += 1
    assert cut > len(built) // 2
