"""Find the objects that a process opens itself, and load each with the objects that it needs.

Loading every file separately would give wrong results: a vendored library without an rpath looks broken, although the
extension module that loads it has one. So an environment's files are loaded from their roots, in this order:

1. extension modules and programs;
2. objects that none of these loads, and that the distribution's Python files name (for ctypes, cffi, subprocess);
3. plugins that the project or the knowledge file chooses;
4. other plugins: remaining objects that no other remaining object needs;
5. all others: objects that another one needs but does not find, and cycles.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import is_program
from pip_sysdeps.model.loader import Load
from pip_sysdeps.model.needs import When

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.loader import LoadedObject


def load_roots(  # noqa: PLR0913 - the objects, and what is asked about them
    objects: Mapping[str, ElfFile],
    *,
    is_extension: Callable[[str], bool],
    named: Callable[[frozenset[str]], frozenset[str]],
    chosen: Mapping[str, str],
    open_root: Callable[[str], tuple[LoadedObject, ...]],
    real: Callable[[str], str | None],
) -> Iterator[Load]:
    """Yield one load for each root among the objects of an environment.

    `named(paths)` returns those that a Python file of their own distribution names. `chosen` has the pattern that
    chose each plugin. `open_root(path)` loads one, a library into the interpreter's process, a program into its own.
    `real(path)` follows links.
    """
    remaining = dict.fromkeys(sorted(objects))

    def load(paths: Iterable[str], when: When) -> Iterator[Load]:
        for path in paths:
            if path in remaining or when is When.IMPORT:
                loaded = open_root(path)
                for each in loaded:
                    remaining.pop(real(each.path) or each.path, None)
                remaining.pop(path, None)
                plugin = "" if when is When.IMPORT else chosen.get(path, "")
                yield Load(root=path, when=when, objects=loaded, plugin=plugin)

    yield from load([path for path in remaining if is_extension(path) or _is_command(path, objects[path])], When.IMPORT)
    yield from load(sorted(named(frozenset(remaining))), When.IMPORT)
    yield from load([path for path in remaining if path in chosen], When.PLUGIN)
    needed = {name for path in remaining for name in objects[path].needed}
    yield from load([path for path in remaining if not _names(path, objects[path]) & needed], When.PLUGIN)
    yield from load(list(remaining), When.PLUGIN)


def _is_command(path: str, elf: ElfFile) -> bool:
    """Return whether a file is a program in a `bin` folder."""
    return is_program(elf) and posixpath.basename(posixpath.dirname(path)) == "bin"


def _names(path: str, elf: ElfFile) -> set[str]:
    """Return the names by which another object may need this one."""
    return {posixpath.basename(path), elf.soname or ""}
