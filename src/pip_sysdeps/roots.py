"""Which objects a process opens itself, and what each of them loads.

Asking about every file alone is wrong: a vendored library without an rpath of its own looks broken, though the
extension module that loads it brings the path along. So an environment's files are loaded from their roots, in this
order:

1. extension modules and programs;
2. objects that none of those loads and that the distribution's own Python files name (for ctypes, cffi, subprocess);
3. plugins: the remaining objects that no other remaining object needs;
4. what is left: objects that another one names but does not find, and cycles of plugins.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from pip_sysdeps.model import Load, When

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pip_sysdeps.model import ElfFile, LoadedObject

_TAGGED_SUFFIX = re.compile(r"\.(?P<tag>abi3t?|cpython-[0-9]+[^.]*|pypy[0-9]+-pp[0-9]+[^.]*)\.so$")
"""What importlib.machinery.EXTENSION_SUFFIXES has beside the plain `.so` (PEP 3149, PEP 384)."""

_ET_EXEC = 2
_DF_1_PIE = 0x08000000


def is_extension_module(path: str, abi_tag: str, defines: Callable[[str, str], bool]) -> bool:
    """Tell whether this interpreter imports the file: by its tagged suffix, or `.so` with the right `PyInit_` function.

    `defines(path, symbol)` tells whether the object exports a symbol.
    Source: importlib.machinery.EXTENSION_SUFFIXES; PEP 489, "Export Hook Name".
    """
    name = posixpath.basename(path)
    tagged = _TAGGED_SUFFIX.search(name)
    if tagged:
        return _fits(tagged["tag"], abi_tag)
    if not name.endswith(".so"):
        return False
    module = name.removesuffix(".so")
    if module == "__init__":
        module = posixpath.basename(posixpath.dirname(path))
    return "." not in module and defines(path, _init_function(module))


def _init_function(module: str) -> str:
    if module.isascii():
        return f"PyInit_{module}"
    return "PyInitU_" + module.encode("punycode", "ignore").decode("ascii").replace("-", "_")


def _fits(tag: str, abi_tag: str) -> bool:
    """Tell whether an interpreter of this ABI (`cp311`, `cp313t`, `pp310`) takes a suffix tag (`cpython-311-...`)."""
    if tag in {"abi3", "abi3t"} or not abi_tag:
        return True
    implementation, _, rest = tag.partition("-")
    if implementation == "cpython":
        return abi_tag == "cp" + rest.partition("-")[0]
    return abi_tag == "pp" + implementation.removeprefix("pypy")


def is_program(elf: ElfFile) -> bool:
    """Tell whether execve(2) is how the file is used.

    A library may have a PT_INTERP too (libQt6Core prints its version when run): it has a DT_SONAME and no DF_1_PIE.
    """
    if elf.type == _ET_EXEC or elf.flags_1 & _DF_1_PIE:
        return True
    return elf.interpreter is not None and elf.soname is None


def load_roots(
    objects: Mapping[str, ElfFile],
    *,
    is_extension: Callable[[str], bool],
    named: Callable[[frozenset[str]], frozenset[str]],
    open_root: Callable[[str], tuple[LoadedObject, ...]],
    real: Callable[[str], str | None],
) -> Iterator[Load]:
    """Yield one load for each root among the objects of an environment.

    `named(paths)` gives those that a Python file of their own distribution names; `open_root(path)` loads one (a
    library into the interpreter's process, a program into its own); `real(path)` follows links.
    """
    waiting = dict.fromkeys(sorted(objects))

    def load(paths: Iterable[str], when: When) -> Iterator[Load]:
        for path in paths:
            if path in waiting or when is When.IMPORT:
                loaded = open_root(path)
                for each in loaded:
                    waiting.pop(real(each.path) or each.path, None)
                waiting.pop(path, None)
                yield Load(root=path, when=when, objects=loaded)

    yield from load([path for path in waiting if is_extension(path) or _is_command(path, objects[path])], When.IMPORT)
    yield from load(sorted(named(frozenset(waiting))), When.IMPORT)
    needed = {name for path in waiting for name in objects[path].needed}
    yield from load([path for path in waiting if not _names(path, objects[path]) & needed], When.PLUGIN)
    yield from load(list(waiting), When.PLUGIN)


def _is_command(path: str, elf: ElfFile) -> bool:
    """Tell whether the file is a program in a folder of commands."""
    return is_program(elf) and posixpath.basename(posixpath.dirname(path)) == "bin"


def _names(path: str, elf: ElfFile) -> set[str]:
    """Return the names under which another object may need this one."""
    return {posixpath.basename(path), elf.soname or ""}
