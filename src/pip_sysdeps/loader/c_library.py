"""C libraries: one `CLibrary` value holds everything that differs between them, except the loader's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.model.elf import ElfFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.loader.conditions import Conditions
    from pip_sysdeps.loader.find_library import LibraryFinder
    from pip_sysdeps.loader.rules import AnyRules
    from pip_sysdeps.system.root import Root


_ET_DYN = 3


class CLibrary(NamedTuple):
    """One C library."""

    name: str
    """`glibc`, `musl`: the word of a lock's `libc`."""
    has_symbol_versions: bool
    """Whether its loader checks symbol versions."""
    is_loader: Callable[[str], object]
    """Whether a file name, from a program's PT_INTERP, is its loader's."""
    read_rules: Callable[[Root, ElfFile, Objects, Conditions, tuple[str, ...]], AnyRules]
    """Return the rules for a program of a root; the directories are the default if its loader states none."""
    read_version: Callable[[Root, ElfFile, Objects, tuple[str, ...]], tuple[int, int] | None]
    """Return the version of the C library in a root; None if unknown, or if symbols have no versions."""
    finder: Callable[[Root, str], LibraryFinder]
    """Return a finder for a root, and for the Python with its standard library in a folder."""
    program: Callable[[str], ElfFile | None]
    """Return the facts of a program with a loader of this file name; None for an unknown loader."""


def program_of(loader: str, machine: int, elf_class: int, *, little_endian: bool, header_flags: int = 0) -> ElfFile:
    """Return the facts of a position-independent program that names the loader in /lib."""
    return ElfFile(
        elf_class=elf_class,
        little_endian=little_endian,
        os_abi=0,
        abi_version=0,
        type=_ET_DYN,
        machine=machine,
        header_flags=header_flags,
        interpreter=f"/lib/{loader}",
        dynamic=True,
    )
