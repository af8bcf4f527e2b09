"""ELF bytes in memory, read as a file would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.formats.elf import parse_elf

if TYPE_CHECKING:
    from pip_sysdeps.formats.elf import Pread
    from pip_sysdeps.model import ElfFile


def in_memory(content: bytes) -> tuple[Pread, int]:
    """Return the two arguments that every ELF parser takes."""

    def pread(size: int, offset: int) -> bytes:
        assert size >= 0
        assert 0 <= offset < 2**63, "pread(2) takes an off_t"
        return content[offset : offset + size]

    return pread, len(content)


def parse(content: bytes) -> ElfFile:
    """Return the facts of ELF bytes."""
    return parse_elf(*in_memory(content))
