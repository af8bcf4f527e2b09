"""Kinds of ELF files: extension modules, programs, shared objects, files for another machine or C library."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pip_sysdeps.model.environment import Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pip_sysdeps.model.elf import ElfFile

_TAGGED_SUFFIX = re.compile(r"\.(?P<tag>abi3t?|cpython-[0-9]+[^.]*|pypy[0-9]+-pp[0-9]+[^.]*)\.so$")
"""Suffixes of importlib.machinery.EXTENSION_SUFFIXES besides the plain `.so` (PEP 3149, PEP 384)."""

_MACHINES = {3: "Intel 80386", 21: "PowerPC64", 22: "IBM S/390", 40: "ARM", 62: "x86-64", 183: "AArch64", 243: "RISC-V"}
"""Names by `e_machine`, for machines with a Debian port (gABI, "ELF Header")."""

_ET_EXEC = 2
_DF_1_PIE = 0x08000000


def incompatibility(path: str, elf: ElfFile, process: ElfFile) -> Skipped | None:
    """Return why a process of the program `process` cannot load an object; None if it can.

    A program for the same machine may use another C library; a library cannot, because it shares the process.
    """
    if (elf.machine, elf.elf_class, elf.little_endian) != (process.machine, process.elf_class, process.little_endian):
        reason = f"made for {machine_name(elf)}, not for {machine_name(process)}"
        return Skipped(path=path, verdict=Verdict.FOREIGN_ARCHITECTURE, reason=reason)
    if elf.libc and process.libc and elf.libc != process.libc:
        reason = f"linked to {elf.libc}, but Python is linked to {process.libc}"
        return Skipped(path=path, verdict=Verdict.FOREIGN_LIBC, reason=reason)
    return None


def most_common_kind(objects: Iterable[ElfFile]) -> ElfFile | None:
    """Return an object of the most common kind, as a substitute for a missing program; None without objects."""
    kinds: defaultdict[tuple[int, int, bool], list[ElfFile]] = defaultdict(list)
    for elf in objects:
        kinds[elf.machine, elf.elf_class, elf.little_endian].append(elf)
    return max(kinds.values(), key=len)[0] if kinds else None


def machine_name(elf: ElfFile) -> str:
    """Return a machine's name, class and data encoding, as in the gABI."""
    name = _MACHINES.get(elf.machine, f"machine {elf.machine}")
    return f"{name} ({elf.elf_class}-bit, {'little' if elf.little_endian else 'big'}-endian)"


def is_extension_module(path: str, abi_tag: str, defines: Callable[[str, str], bool]) -> bool:
    """Return whether an interpreter imports the file, by a tagged suffix, or by `.so` and its `PyInit_` function.

    `defines(path, symbol)` returns whether the object exports a symbol. Source: importlib.machinery.EXTENSION_SUFFIXES;
    PEP 489, "Export Hook Name".
    """
    name = posixpath.basename(path)
    match = _TAGGED_SUFFIX.search(name)
    if match:
        return _matches_abi(match["tag"], abi_tag)
    return name.endswith(".so") and name.count(".") == 1 and has_init_function(path, defines)


def has_init_function(path: str, defines: Callable[[str, str], bool]) -> bool:
    """Return whether a file has the function that an import calls."""
    module = posixpath.basename(path).partition(".")[0]
    if module == "__init__":
        module = posixpath.basename(posixpath.dirname(path))
    return defines(path, _init_function_name(module))


def has_extension_tag(path: str) -> bool:
    """Return whether a file has the suffix of an extension module for Linux, for any interpreter."""
    match = _TAGGED_SUFFIX.search(path)
    return match is not None and not match["tag"].endswith("-darwin")


def is_shared_object(path: str) -> bool:
    """Return whether a file has the suffix of a shared object: `.so`, or `.so.` and numbers."""
    return ".so" in path and re.search(r"\.so(?:\.[0-9]+)*$", path) is not None


def _init_function_name(module: str) -> str:
    if module.isascii():
        return f"PyInit_{module}"
    return "PyInitU_" + module.encode("punycode", "ignore").decode("ascii").replace("-", "_")


def _matches_abi(tag: str, abi_tag: str) -> bool:
    """Return whether an interpreter of an ABI (`cp311`, `cp313t`, `pp310`) accepts a suffix tag (`cpython-311-...`)."""
    if tag in {"abi3", "abi3t"} or not abi_tag:
        return True
    implementation, _, rest = tag.partition("-")
    if implementation == "cpython":
        return abi_tag == "cp" + rest.partition("-")[0]
    return abi_tag == "pp" + implementation.removeprefix("pypy")


def is_program(elf: ElfFile) -> bool:
    """Return whether a file is a program.

    A library with PT_INTERP (libQt6Core prints its version when run) has a DT_SONAME and no DF_1_PIE.
    """
    if elf.type == _ET_EXEC or elf.flags_1 & _DF_1_PIE:
        return True
    return elf.interpreter is not None and elf.soname is None


def is_libpython(path: str) -> bool:
    """Return whether a file is Python's own shared library, by its name (PEP 3149: `libpython3.13t.so.1.0`)."""
    return posixpath.basename(path).startswith(("libpython", "libpypy"))


def is_libpython_of(soname: str, version: tuple[int, int]) -> bool:
    """Return whether a soname is the shared library of one Python version: `libpython3.11.so.1.0`."""
    return re.match(rf"lib(?:python|pypy){version[0]}\.{version[1]}(?![0-9])", soname) is not None
