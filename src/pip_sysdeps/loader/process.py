"""The interpreter's process: what its loader finds, and what each root of an environment adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.elf.kinds import is_extension_module, is_libpython, is_program
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.loader.registry import c_library_of
from pip_sysdeps.loader.resolve import Memory, open_object, start
from pip_sysdeps.loader.roots import load_roots
from pip_sysdeps.model.loader import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.loader.conditions import Conditions
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.environment import Environment
    from pip_sysdeps.model.loader import Load, LoadedObject
    from pip_sysdeps.system.root import Root


_MOST_ANSWERS = 500_000
"""Needed names of all objects, once for each object of the environment that loads them: ten times those of the largest
environments."""
_USUAL_MISSES, _MOST_MISSES = 25, 10_000
"""How many missing libraries one object may have without counting (as without any library of the system), and how
many more all objects together may have."""
_MOST_MISSING = 3000
"""Different names that are not found: what large environments need at all is a tenth of that."""


class InterpreterProcess:
    """The interpreter's process, ready to open the objects of its environment."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a process is made of
        self,
        root: Root,
        environment: Environment,
        objects: Objects,
        program: ElfFile,
        conditions: Conditions,
        directories: tuple[str, ...],
    ) -> None:
        """Start the interpreter; `directories` are the defaults if the root has no loader that states them.

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
        """The interpreter and what it loads before it opens anything."""
        self.own = frozenset(filter(None, (root.resolve(each.path) for each in self.objects)))
        """The files of the interpreter's process, before it opens anything."""

    def loads(
        self,
        usable: Mapping[str, ElfFile],
        named: Callable[[frozenset[str]], frozenset[str]],
        chosen: Mapping[str, str],
    ) -> Iterator[Load]:
        """Load the environment's objects from their roots.

        `named` filters objects to those named in a Python file of their own distribution; `chosen` has the
        pattern that chose each plugin. Raise SysdepsError for objects that need absurdly many names, or many that are
        not there: each of these is a row of every result.
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
                _refuse_answers(load.root, answers)
                if each.path not in counted:
                    counted.add(each.path)
                    names = [answer.soname for answer in each.needs if isinstance(answer, NotFound)]
                    missing.update(names)
                    misses += max(len(names) - _USUAL_MISSES, 0)
                    _refuse_misses(each.path, misses, _MOST_MISSES)
                    _refuse_misses(each.path, len(missing), _MOST_MISSING)
            yield load

    def libc(self) -> str:
        """Return the dynamic loader that the program names; for a library instead of a program, its libc."""
        return self.program.interpreter or next(filter(self._files.open, self._rules.libc_paths), "")

    def library(self, name: str) -> str | None:
        """Return the path where dlopen(3) finds a file name in a new interpreter."""
        loaded = next((each.path for each in self.objects if each.path.rpartition("/")[2] == name), None)
        return loaded or next((each.path for each in self._opened(name)), None)

    @property
    def folders(self) -> tuple[str, ...]:
        """The loader's default directories."""
        return self._rules.default_directories

    def _open(self, path: str, elf: ElfFile) -> tuple[LoadedObject, ...]:
        if is_program(elf):
            return start(path, self._files.open, self._rules, self._memory).objects
        return self._opened(path)

    def _opened(self, name: str) -> tuple[LoadedObject, ...]:
        return open_object(self._process, name, self._caller(), self._files.open, self._rules, self._memory)

    def _caller(self) -> str:
        """Return the caller of dlopen(3) for `import`: the shared libpython if there is one, else the program."""
        paths = [each.path for each in self.objects]
        return next((path for path in paths if is_libpython(path)), self._interpreter.path)


def _refuse_answers(root: str, answers: int) -> None:
    if answers > _MOST_ANSWERS:
        raise SysdepsError(
            f"`{root}` and others load libraries with more than {_MOST_ANSWERS} needs",
            hint="no real environment has so many: remove the distributions or libraries that have them",
        )


def _refuse_misses(path: str, misses: int, most: int) -> None:
    if misses > most:
        raise SysdepsError(
            f"`{path}` and others need more than {most} libraries that do not exist",
            hint="no real object needs so many: remove the distribution that has them",
        )
