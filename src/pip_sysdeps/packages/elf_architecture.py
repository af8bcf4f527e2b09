"""Names of architectures by ELF header, for every package manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.model.elf import ElfFile

_EM_ARM, _EF_ARM_ABI_FLOAT_HARD = 40, 0x400


class ArchitectureNames(NamedTuple):
    """A package manager's names of the architectures that an ELF header can state."""

    by_header: Mapping[tuple[int, int, bool], str]
    """By `e_machine`, ELF class and whether it is little-endian."""
    arm_hard_float: str
    """32-bit little-endian ARM with EF_ARM_ABI_FLOAT_HARD (ELF for the Arm Architecture, `e_flags`)."""
    arm_soft_float: str = ""
    """The same without that flag; empty if the package manager has no such architecture."""

    def name(self, elf: ElfFile) -> str:
        """Return the name of the architecture that an object was made for; empty if there is none."""
        if elf.machine == _EM_ARM and elf.little_endian:
            return self.arm_hard_float if elf.header_flags & _EF_ARM_ABI_FLOAT_HARD else self.arm_soft_float
        return self.by_header.get((elf.machine, elf.elf_class, elf.little_endian), "")
