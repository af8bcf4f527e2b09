"""The interpreter's process, and the objects that each root of an environment adds to it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import is_extension_module, is_libpython, is_program
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.loader.registry import c_library_of
from pip_sysdeps.loader.resolve import Memory, open_object, start
from pip_sysdeps.loader.roots import load_roots
from pip_sysdeps.model.loader import Found, NotFound, SearchStep
from pip_sysdeps.system.tree import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.loader.conditions import Conditions
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.environment import Environment
    from pip_sysdeps.model.loader import Load, LoadedObject
    from pip_sysdeps.system.root import Root


_MAX_NEEDS = 500_000
"""Limit on the needed names of all objects, counted for each root that loads them: ten times the largest
environments."""
_ALLOWED_MISSES, _MAX_MISSES = 25, 10_000
"""Missing libraries that each object may have, and the limit on those
beyond, over all objects."""
_MAX_MISSING_NAMES = 3000
"""Limit on different missing names; large environments need a tenth of that in total."""


class InterpreterProcess:
    """The interpreter's process, which opens the objects of its environment."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a process is made of
        self,
        root: Root,
        environment: Environment,
        objects: Objects,
        program: ElfFile,
        conditions: Conditions,
        directories: tuple[str, ...],
    ) -> None:
        """Start the interpreter; `directories` is the default if the root has no loader that states its own.

        Raise SysdepsError for a program with an unsupported C library.
        """
        self._root = root
        self._interpreter = environment.interpreter
        self._files = objects
        self.program = program
        self._rules = c_library_of(program).read_rules(root, program, objects, conditions, directories)
        self._memory = Memory()
        self._process = start(self._interpreter.path, objects.open, self._rules, self._memory)
        self.objects = self._process.objects
        """The interpreter and the objects that it loads at its start."""
        self.own_files = frozenset(filter(None, (root.resolve(each.path) for each in self.objects)))
        """The real paths of these objects."""

    def loads(
        self,
        usable: Mapping[str, ElfFile],
        named: Callable[[frozenset[str]], frozenset[str]],
        chosen: Mapping[str, str],
    ) -> Iterator[Load]:
        """Load the environment's objects from their roots.

        `named` returns those objects that a Python file of their own distribution names. `chosen` has the pattern that
        chose each plugin. Raise SysdepsError for too many needed or missing names: each is a row in every result.
        """
        loads = load_roots(
            usable,
            is_extension=lambda path: is_extension_module(path, self._interpreter.abi_tag, self._files.defines),
            named=named,
            chosen=chosen,
            open_root=lambda path: self._open(path, usable[path]),
            real=self._root.resolve,
        )
        counted: set[str] = set()
        missing: set[str] = set()
        misses = answers = 0
        for load in loads:
            for each in load.objects:
                answers += len(each.needs)
                _check_need_count(load.root, answers)
                if each.path not in counted:
                    counted.add(each.path)
                    names = [answer.soname for answer in each.needs if isinstance(answer, NotFound)]
                    missing.update(names)
                    misses += max(len(names) - _ALLOWED_MISSES, 0)
                    _check_missing_count(each.path, misses, _MAX_MISSES)
                    _check_missing_count(each.path, len(missing), _MAX_MISSING_NAMES)
            yield load

    def libc(self) -> str:
        """Return the dynamic loader that the program names; for a library instead of a program, its libc."""
        return self.program.interpreter or next(filter(self._files.open, self._rules.libc_paths), "")

    def library(self, name: str) -> str | None:
        """Return the path where dlopen(3) in a new interpreter finds a file name; None if it does not."""
        loaded = next((each.path for each in self.objects if each.path.rpartition("/")[2] == name), None)
        return loaded or next((each.path for each in self._dlopen(name)), None)

    def outside_libraries(self, path: str) -> tuple[str, ...]:
        """Return the libraries that an extension module of the standard library loads from outside the interpreter.

        A Python may bring libraries in a folder of its own, found by a run path: what these need counts too.
        """
        objects = self._dlopen(path)
        answers = [answer for each in objects for answer in each.needs]
        own = {path} | {each.path for each in answers if isinstance(each, Found) and self._is_brought(each)}
        needed = (answer for each in objects if each.path in own for answer in each.needs)
        return tuple(
            dict.fromkeys(each.soname for each in needed if isinstance(each, NotFound) or each.path not in own)
        )

    def missing_libraries(self, path: str) -> tuple[str, ...]:
        """Return the libraries that an extension module loads and that the loader does not find."""
        answers = (answer for each in self._dlopen(path) for answer in each.needs)
        return tuple(dict.fromkeys(each.soname for each in answers if isinstance(each, NotFound)))

    def _is_brought(self, answer: Found) -> bool:
        """Return whether a library is the interpreter's own: one of its process, or found by a run path."""
        steps = {SearchStep.RPATH, SearchStep.RUNPATH, SearchStep.LOADED}
        return answer.step in steps and inside(posixpath.normpath(answer.path), self._interpreter.prefix)

    @property
    def folders(self) -> tuple[str, ...]:
        """The loader's default directories."""
        return self._rules.default_directories

    def _open(self, path: str, elf: ElfFile) -> tuple[LoadedObject, ...]:
        if is_program(elf):
            return start(path, self._files.open, self._rules, self._memory).objects
        return self._dlopen(path)

    def _dlopen(self, name: str) -> tuple[LoadedObject, ...]:
        return open_object(self._process, name, self._caller(), self._files.open, self._rules, self._memory)

    def _caller(self) -> str:
        """Return the caller of dlopen(3) for `import`: the shared libpython if there is one, else the program."""
        paths = [each.path for each in self.objects]
        return next((path for path in paths if is_libpython(path)), self._interpreter.path)


def _check_need_count(root: str, answers: int) -> None:
    if answers > _MAX_NEEDS:
        raise SysdepsError(
            f"`{root}` and others load libraries with more than {_MAX_NEEDS} needs",
            hint="no real environment has so many: remove the distributions or libraries that have them",
        )


def _check_missing_count(path: str, misses: int, most: int) -> None:
    if misses > most:
        raise SysdepsError(
            f"`{path}` and others need more than {most} libraries that do not exist",
            hint="no real object needs so many: remove the distribution that has them",
        )
