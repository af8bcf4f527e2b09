"""musl, as one value: see `loader.c_library`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.loader.c_library import CLibrary, program_of
from pip_sysdeps.loader.musl.find_library import FindLibrary
from pip_sysdeps.loader.musl.read_config import read_musl_config
from pip_sysdeps.loader.musl.rules import Musl

if TYPE_CHECKING:
    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.loader.conditions import Conditions
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.system.root import Root

_LOADER = re.compile(r"ld-musl-([a-z0-9_-]+)\.so\.1")
_MACHINES = {
    "aarch64": (183, 64, True),
    "arm": (40, 32, True),
    "armhf": (40, 32, True),
    "i386": (3, 32, True),
    "loongarch64": (258, 64, True),
    "powerpc64le": (21, 64, True),
    "riscv64": (243, 64, True),
    "s390x": (22, 64, False),
    "x86_64": (62, 64, True),
}
"""`e_machine`, ELF class and whether it is little-endian, by musl's name. Source: musl's configure; arch/*/reloc.h."""
_LIBC_SYMBOLS = ("__libc_start_main", "stdin")
"""Symbols that only the C library defines (load_library)."""


def _read_rules(
    root: Root, program: ElfFile, objects: Objects, conditions: Conditions, directories: tuple[str, ...]
) -> Musl:
    """Return the rules by the path file. CPU and cache have no effect, and the default directories are fixed."""
    del directories

    @cache
    def is_libc(path: str) -> bool:
        return all(objects.defines(path, symbol) for symbol in _LIBC_SYMBOLS)

    return Musl(read_musl_config(root, program, is_libc=is_libc, library_path=conditions.library_path))


def _read_version(root: Root, program: ElfFile, objects: Objects, directories: tuple[str, ...]) -> None:
    """Return None: its symbols have no versions."""
    del root, program, objects, directories


def _program(loader: str) -> ElfFile | None:
    match = _LOADER.fullmatch(loader)
    header = _MACHINES.get(match[1]) if match else None
    if header is None:
        return None
    machine, elf_class, little_endian = header
    return program_of(loader, machine, elf_class, little_endian=little_endian)


LIBRARY = CLibrary(
    name="musl",
    has_symbol_versions=False,
    is_loader=_LOADER.fullmatch,
    read_rules=_read_rules,
    read_version=_read_version,
    finder=FindLibrary,
    program=_program,
)
