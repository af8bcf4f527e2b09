"""What a process loads under musl: breadth first, with an answer for every needed name.

Source: musl ldso/dynlink.c, load_library, load_direct_deps, __dls3 and dlopen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.loader.musl.rules import VDSO, is_loader, judge
from pip_sysdeps.loader.musl.search import MAX_NAME, SearchPath, candidates, search_path
from pip_sysdeps.model.elf import OpenedFile
from pip_sysdeps.model.loader import Found, LoadedObject, NotFound, SearchStep, Tried

if TYPE_CHECKING:
    from pip_sysdeps.loader.musl.config import MuslConfig
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.loader import Resolution

Lookup = Callable[[str], OpenedFile | None]
"""Open a path: None where open(2) fails with an error after which the loader goes on."""

_MAX_WORK = 50_000
"""Paths tried for one start or dlopen, and objects by their depth: many times what the largest distributions need."""


class _Search(NamedTuple):
    """The result of a search, whatever was loaded before."""

    answer: Resolution
    opened: OpenedFile | None
    """The file that was found."""
    work: int
    """How many paths were tried."""


class _Map:
    """An object in a process."""

    __slots__ = ("depth", "elf", "number", "path", "paths")

    def __init__(self, path: str, elf: ElfFile, number: int, needer: _Map | None, found_by: SearchStep | None) -> None:
        self.path = path
        self.elf = elf
        self.number = number
        """Its place in load order."""
        own = search_path(elf, path, found_by=found_by)
        above = () if needer is None else needer.paths
        self.paths: tuple[SearchPath, ...] = above if own is None else (own, *above)
        """Its own search path, that of the object that needed it, and so on up to the program."""
        self.depth: int = 1 if needer is None else needer.depth + 1


class _Names:
    """The objects of a process by short name and by file. The program itself is never among them.

    Each object has at most one short name: the name of the file that a search found. Of two objects with the same one
    the first in load order counts.
    """

    def __init__(self, before: _Names | None = None) -> None:
        self._before = before
        self._names: dict[str, _Map] = {}
        self._files: dict[tuple[int, int], _Map] = {}
        self._named: set[int] = set()

    def add_file(self, loaded: _Map, identity: tuple[int, int]) -> None:
        self._files[identity] = loaded

    def name(self, loaded: _Map) -> None:
        """Give an object its short name, unless it has one."""
        if not self._has_name(loaded.number):
            self._named.add(loaded.number)
            self._add_name(loaded.path.rpartition("/")[2], loaded)

    def _add_name(self, name: str, loaded: _Map) -> None:
        known = self._names.get(name)
        if known is None or loaded.number < known.number:
            self._names[name] = loaded

    def by_name(self, name: str) -> _Map | None:
        known = [each for names in self._layers() if (each := names._names.get(name)) is not None]
        return min(known, key=lambda each: each.number, default=None)

    def by_file(self, identity: tuple[int, int]) -> _Map | None:
        return next((known for names in self._layers() if (known := names._files.get(identity)) is not None), None)

    def keep(self) -> None:
        """Make what was added here part of what was there before."""
        if self._before is not None:
            self._before._named |= self._named
            self._before._files |= self._files
            for name, loaded in self._names.items():
                self._before._add_name(name, loaded)

    def _has_name(self, number: int) -> bool:
        return any(number in names._named for names in self._layers())

    def _layers(self) -> tuple[_Names, ...]:
        return (self,) if self._before is None else (self._before, self)


class Process:
    """A process as the loader sees it: the main program and all that was loaded so far."""

    # The classes of this module share their private parts.
    # ruff: noqa: SLF001

    def __init__(self) -> None:
        self.objects: tuple[LoadedObject, ...] = ()
        """In load order, the program first; without the loader itself."""
        self._program: _Map | None = None
        self._names = _Names()
        self._count = 0


class Memory:
    """What one lookup and one configuration have answered, for a caller that opens a thousand objects."""

    def __init__(self) -> None:
        self.searches: dict[tuple[str, tuple[SearchPath, ...]], _Search] = {}


def start(program: str, lookup: Lookup, config: MuslConfig, memory: Memory | None = None) -> Process:
    """Load the main program, by its real path (/proc/self/exe), with all that it needs.

    Without a program the process is empty: everything has yet to be loaded.
    """
    process = Process()
    opened = lookup(program) if program else None
    if opened is not None and opened.elf is not None:
        loading = _Loading(process, lookup, config, memory)
        program_map = loading.map(program, opened.elf, None, None)
        loading.keep(loading.load(program_map))
        process._program = program_map
    return process


def open_object(
    process: Process, path: str, lookup: Lookup, config: MuslConfig, memory: Memory | None = None
) -> tuple[LoadedObject, ...]:
    """Return what dlopen(3) of a name or path brings into a process, in load order; the process stays as it was.

    The first is the object itself; nothing if it is there already, or cannot be loaded. Whoever calls dlopen, the
    search paths that count are those of the main program.
    """
    loading = _Loading(process, lookup, config, memory)
    _, found = loading.find(path, process._program)
    return () if found is None else loading.load(found)


def find(process: Process, name: str, lookup: Lookup, config: MuslConfig) -> Resolution:
    """Return where dlopen(3) of a name or path finds it."""
    return _Loading(process, lookup, config).find(name, process._program)[0]


class _Loading:
    """One execve or dlopen, on top of what the process has; `keep` makes it part of the process."""

    def __init__(self, process: Process, lookup: Lookup, config: MuslConfig, memory: Memory | None = None) -> None:
        self._process = process
        self._searches = {} if memory is None else memory.searches
        self.names = _Names(process._names)
        self._lookup = lookup
        self._config = config
        self._count = process._count
        self._work = 0

    def load(self, first: _Map) -> tuple[LoadedObject, ...]:
        """Load what an object needs, and what that needs, breadth first (load_deps)."""
        queue, objects = [first], []
        for loading in queue:
            answers = [self.find(name, loading) for name in loading.elf.needed]
            queue += [loaded for _, loaded in answers if loaded is not None]
            objects.append(LoadedObject(path=loading.path, needs=tuple([answer for answer, _ in answers])))
        return tuple(objects)

    def keep(self, objects: tuple[LoadedObject, ...]) -> None:
        self.names.keep()
        self._process._count = self._count
        self._process.objects += objects

    def find(self, name: str, needer: _Map | None) -> tuple[Resolution, _Map | None]:
        """Answer for one needed name, and return the object if it is a new one."""
        if not name:
            return NotFound(soname=name, tried=(), fatal="an empty name"), None
        if is_loader(name, self._config):
            return self._loader(name), None
        known = self.names.by_name(name) if "/" not in name else None
        if known is not None:
            return Found(soname=name, path=known.path, step=SearchStep.LOADED), None
        if name == VDSO and self._process._program is not None:
            return self._loader(name), None
        if "/" not in name and len(name.encode("utf-8", "surrogateescape")) > MAX_NAME:
            return NotFound(soname=name, tried=(), fatal=f"longer than {MAX_NAME} bytes"), None
        return self._search(name, needer)

    def map(self, path: str, elf: ElfFile, needer: _Map | None, found_by: SearchStep | None) -> _Map:
        loaded = _Map(path, elf, self._count, needer, found_by)
        self._count += 1
        self._work += loaded.depth
        return loaded

    def _search(self, name: str, needer: _Map | None) -> tuple[Resolution, _Map | None]:
        answer, opened, work = self._searched(name, needer)
        self._work += work
        if self._work > _MAX_WORK:
            return _exhausted(name, ()), None
        if isinstance(answer, NotFound) or opened is None or opened.elf is None:
            return answer, None
        known = self.names.by_file(opened.identity)
        if known is None and self._config.is_libc(answer.path):
            return self._loader(name), None
        loaded = known or self.map(answer.path, opened.elf, needer, answer.step)
        if "/" not in name:
            self.names.name(loaded)
        if known is not None:
            return Found(soname=name, path=known.path, step=SearchStep.LOADED), None
        self.names.add_file(loaded, opened.identity)
        return answer, loaded

    def _searched(self, name: str, needer: _Map | None) -> _Search:
        paths = () if needer is None else needer.paths
        search = self._searches.get((name, paths))
        if search is None:
            search = self._searches[name, paths] = _search(name, paths, self._lookup, self._config)
        return search

    def _loader(self, name: str) -> Found:
        return Found(soname=name, path=self._config.interpreter, step=SearchStep.LOADED)


def _search(name: str, paths: tuple[SearchPath, ...], lookup: Lookup, config: MuslConfig) -> _Search:
    """Search for a name that is not loaded yet: the first file that opens, good or bad."""
    tried: list[Tried] = []
    for work, (step, path, by, passed_over) in enumerate(candidates(name, paths, config), 1):
        if work > _MAX_WORK:
            return _Search(_exhausted(name, tuple(tried)), None, work)
        opened = None if passed_over else lookup(path)
        fault = passed_over or "no such file" if opened is None else judge(opened, config)
        if opened is not None and not fault:
            return _Search(Found(soname=name, path=path, step=step, by=by), opened, work)
        tried.append(Tried(step=step, path=path, reason=fault, by=by))
        if opened is not None:
            return _Search(NotFound(soname=name, tried=tuple(tried), fatal=fault), None, work)
    return _Search(NotFound(soname=name, tried=tuple(tried)), None, len(tried))


def _exhausted(name: str, tried: tuple[Tried, ...]) -> NotFound:
    return NotFound(soname=name, tried=tried, fatal=f"more than {_MAX_WORK} paths to try")
