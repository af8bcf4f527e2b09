"""The supported C libraries, and the choice for a program."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from pip_sysdeps.errors import SysdepsError

if TYPE_CHECKING:
    from pip_sysdeps.loader.c_library import CLibrary
    from pip_sysdeps.model.elf import ElfFile

FOLDERS = ("glibc", "musl")
"""The folders here, each with a module `library` that has `LIBRARY`; the first is the default."""


@cache
def c_library(name: str) -> CLibrary:
    """Return a C library by its name."""
    library: CLibrary = import_module(f"{__package__}.{name}.library").LIBRARY
    return library


def c_library_of(program: ElfFile | None) -> CLibrary:
    """Return the C library of a program by its PT_INTERP, of a library by its needs; otherwise the default.

    Raise SysdepsError for an unsupported dynamic loader.
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
    """Return the facts of a program with a loader of this file name; None for an unknown one."""
    return next(filter(None, (each.program(loader) for each in map(c_library, FOLDERS))), None)
