"""Machines: the loader's name, the cache's flags, `$PLATFORM`, the float ABI.

Source: for the flags glibc sysdeps/generic/ldconfig.h and each machine's dl-cache.h; for the float ABI of RISC-V
sysdeps/riscv/dl-machine.h, elf_machine_matches_host; for the platform the kernel's AT_PLATFORM and
sysdeps/x86/cpu-features.c, where it is the same on every CPU of the machine (x86-64 has `haswell` beside `x86_64`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pip_sysdeps.model.elf import ElfFile


class Machine(NamedTuple):
    """One kind of machine, for the loader."""

    elf_class: int
    little_endian: bool
    machine: int
    loader: str
    """The file name of its dynamic loader, which distinguishes machines with the same ELF header."""
    cache_flags: tuple[int, ...]
    """The entries of ld.so.cache that the loader uses, best first."""
    platform: str = ""
    """`$PLATFORM`; empty if it depends on the CPU or has no value."""
    header_flags: tuple[int, int] = (0, 0)
    """Mask and value of `e_flags` that an object must have."""


# ruff: noqa: FBT003 - a table
MACHINES = (
    Machine(64, True, 62, "ld-linux-x86-64.so.2", (0x303,)),
    Machine(32, True, 62, "ld-linux-x32.so.2", (0x803,)),
    Machine(32, True, 3, "ld-linux.so.2", (3, 1), "i686"),
    Machine(64, True, 183, "ld-linux-aarch64.so.1", (0xA03,), "aarch64"),
    Machine(32, True, 40, "ld-linux-armhf.so.3", (0x903, 3)),
    Machine(32, True, 40, "ld-linux.so.3", (0xB03, 3)),
    Machine(64, True, 21, "ld64.so.2", (0x503,)),
    Machine(64, False, 22, "ld64.so.1", (0x403,)),
    Machine(64, True, 243, "ld-linux-riscv64-lp64d.so.1", (0x1003,), "", (0x6, 0x4)),
    Machine(64, True, 258, "ld-linux-loongarch-lp64d.so.1", (0x1203,)),
    Machine(64, True, 8, "ld.so.1", (0x703,)),
    Machine(32, True, 8, "ld.so.1", (3, 1)),
)


def machine_of(program: ElfFile) -> Machine:
    """Return the machine of a program; for an unknown one, a machine with the usual flags."""
    loader = (program.interpreter or "").rpartition("/")[2]
    same_header = [
        each
        for each in MACHINES
        if (each.elf_class, each.little_endian, each.machine)
        == (program.elf_class, program.little_endian, program.machine)
    ]
    same_loader = [each for each in same_header if each.loader == loader]
    unknown = Machine(program.elf_class, program.little_endian, program.machine, loader, (3, 1))
    return (same_loader or same_header or [unknown])[0]
