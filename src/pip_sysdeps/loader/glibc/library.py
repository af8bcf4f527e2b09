"""glibc, as one value: see `loader.c_library`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.loader.c_library import CLibrary, program_of
from pip_sysdeps.loader.glibc.machines import MACHINES, machine_of
from pip_sysdeps.loader.glibc.read_config import glibc_version, read_loader_config, read_system_directories
from pip_sysdeps.loader.glibc.rules import Glibc

if TYPE_CHECKING:
    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.loader.conditions import Conditions
    from pip_sysdeps.loader.glibc.find_library import FindLibrary
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.system.root import Root

_LOADER = re.compile(r"ld(?:64|-linux[a-z0-9_.-]*|-[0-9.]+)?\.so(?:\.[0-9]+)?")
"""`ld-linux-x86-64.so.2`, `ld64.so.2`, `ld.so.1`, `ld-2.31.so`."""


def _read_rules(
    root: Root, program: ElfFile, objects: Objects, conditions: Conditions, directories: tuple[str, ...]
) -> Glibc:
    config = read_loader_config(
        root,
        program,
        directories=directories,
        library_path=conditions.library_path,
        cache="as-is" if conditions.current_cache else "fresh",
        objects=objects,
        subfolders=_cpu_subfolders(program) if conditions.cpu_libraries else (),
    )
    return Glibc(config)


def _cpu_subfolders(program: ElfFile) -> tuple[str, ...]:
    from pip_sysdeps.loader.glibc.cpu import cpu_subfolders  # noqa: PLC0415 - a lock is for every CPU

    return cpu_subfolders(machine_of(program))


def _read_version(
    root: Root, program: ElfFile, objects: Objects, directories: tuple[str, ...]
) -> tuple[int, int] | None:
    return glibc_version(objects, read_system_directories(root, program) or directories)


def _program(loader: str) -> ElfFile | None:
    machine = next((each for each in MACHINES if each.loader == loader), None)
    if machine is None:
        return None
    return program_of(
        loader,
        machine.machine,
        machine.elf_class,
        little_endian=machine.little_endian,
        header_flags=machine.header_flags[1],
    )


def _finder(root: Root, _standard_library: str) -> FindLibrary:
    from pip_sysdeps.loader.glibc.find_library import FindLibrary  # noqa: PLC0415 - few distributions call it

    return FindLibrary(root)


LIBRARY = CLibrary(
    name="glibc",
    has_symbol_versions=True,
    is_loader=_LOADER.fullmatch,
    read_rules=_read_rules,
    read_version=_read_version,
    finder=_finder,
    program=_program,
)
