"""Which C libraries have rules here, and which of them a program is for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from pip_sysdeps.errors import SysdepsError

if TYPE_CHECKING:
    from pip_sysdeps.loader.c_library import CLibrary
    from pip_sysdeps.model.elf import ElfFile

FOLDERS = ("glibc", "musl")
"""The folders here whose `library` module has its `LIBRARY`; the first counts for an object that names none."""


@cache
def c_library(name: str) -> CLibrary:
    """Return a C library by its name."""
    library: CLibrary = import_module(f"{__package__}.{name}.library").LIBRARY
    return library


def c_library_of(program: ElfFile | None) -> CLibrary:
    """Return the C library of a program, by its PT_INTERP; of a library, by what it needs; the first for neither.

    Raise SysdepsError for a dynamic loader without rules here.
    """
    if program is None or not program.interpreter:
        return c_library((program and program.libc) or FOLDERS[0])
    loader = program.interpreter.rpartition("/")[2]
    found = next((each for each in map(c_library, FOLDERS) if each.is_loader(loader)), None)
    if found is None:
        raise SysdepsError(
            f"unsupported C library: the dynamic loader of this Python is `{program.interpreter}`",
            hint=f"supported are {' and '.join(FOLDERS)}; use --target to lock for one of their systems",
        )
    return found


def program_of(loader: str) -> ElfFile | None:
    """Return what stands for a program with a loader of this file name; None for an unknown one."""
    return next(filter(None, (each.program(loader) for each in map(c_library, FOLDERS))), None)
