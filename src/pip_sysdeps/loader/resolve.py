"""What a process loads: breadth first, with an answer for every needed name.

Source: ld.so(8); glibc elf/dl-load.c (_dl_map_object, open_verify, _dl_map_object_from_fd), elf/dl-deps.c,
elf/dl-open.c.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.loader.glibc.search import Seeker, candidates, folders, search_path
from pip_sysdeps.loader.glibc.tokens import expand
from pip_sysdeps.model.elf import OpenedFile
from pip_sysdeps.model.loader import Found, LoadedObject, NotFound, SearchStep, Tried

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.loader.glibc.search import Folder, SearchPath
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.loader import LoaderConfig, Resolution

Lookup = Callable[[str], OpenedFile | None]
"""What open(2) and the headers give at a path; None if it cannot be opened."""

_ET_EXEC, _ET_DYN = 2, 3
_DF_1_NODEFLIB, _DF_1_PIE = 0x800, 0x08000000
_ABI_VERSIONS = {0: 1, 3: 4}  # System V and GNU: the first EI_ABIVERSION that is too new (glibc libc-abis)


_MAX_WORK = 50_000
"""Paths tried for one start or dlopen, and objects by their depth: many times what the largest distributions take."""
_MAX_SEARCHED, _FOR_EACH_OBJECT = 100_000, 500
"""Paths tried for all that one environment opens, each search counted once, and those that each object adds."""
_MAX_TRIED = 1000
"""Paths that one answer lists."""


_Paths = tuple[str, "SearchPath | None", "SearchPath | None"]
"""The folder of an object, its DT_RPATH and its DT_RUNPATH."""


class _Search(NamedTuple):
    """What a search comes to, whatever has been loaded before: thousands of objects ask for the same few names."""

    answer: Resolution
    opened: OpenedFile | None
    """The file that was found."""
    work: int
    """How many paths were tried."""


class _Map:
    """An object in a process: the loader's link map."""

    __slots__ = ("depth", "elf", "origin", "parent", "path", "rpath", "runpath", "seeker")

    def __init__(self, path: str, elf: ElfFile, parent: _Map | None, paths: _Paths) -> None:
        self.path = path
        self.elf = elf
        self.parent = parent
        """The object that loaded it; nobody for the program, and for what dlopen opens."""
        self.depth: int = 1 if parent is None else parent.depth + 1
        self.origin, self.rpath, self.runpath = paths
        self.seeker: Seeker | None = None


class _Names:
    """Which objects are loaded, by the names and the files that the loader knows them by; the first one counts."""

    def __init__(self, before: _Names | None = None) -> None:
        self._before = before
        self._names: dict[str, _Map] = {}
        self._files: dict[tuple[int, int], _Map] = {}

    def add(self, loaded: _Map, names: tuple[str | None, ...], identity: tuple[int, int] | None = None) -> None:
        for name in names:
            if name is not None:
                self._names.setdefault(name, loaded)
        if identity is not None:
            self._files.setdefault(identity, loaded)

    def by_name(self, name: str) -> _Map | None:
        known = self._before._names.get(name) if self._before else None
        return known or self._names.get(name)

    def by_file(self, identity: tuple[int, int]) -> _Map | None:
        known = self._before._files.get(identity) if self._before else None
        return known or self._files.get(identity)

    def keep(self) -> None:
        """Make what was added here part of what was there before."""
        if self._before is not None:
            for name, loaded in self._names.items():
                self._before._names.setdefault(name, loaded)
            for identity, loaded in self._files.items():
                self._before._files.setdefault(identity, loaded)


class Process:
    """A process as the loader sees it: the main program and all that was loaded so far."""

    def __init__(self) -> None:
        self.objects: tuple[LoadedObject, ...] = ()
        """In load order, the main program first; without the dynamic loader itself."""
        self._program: _Map | None = None
        self._names = _Names()
        self._maps: dict[str, _Map] = {}
        self._library_path: tuple[Folder, ...] = ()


class Memory:
    """What one lookup and one configuration have answered, for a caller that opens a thousand objects."""

    def __init__(self) -> None:
        self.paths: dict[str, _Paths] = {}
        self.searches: dict[tuple[str, str, Seeker], _Search] = {}
        self.left = _MAX_SEARCHED
        """Paths that may still be tried."""


def start(program: str, lookup: Lookup, config: LoaderConfig, memory: Memory | None = None) -> Process:
    """Load the main program, by its real path (/proc/self/exe), with all that it needs.

    Without a program (an empty path, or a file that is none) the process is empty: everything has yet to be loaded.
    """
    return _Loading(Process(), lookup, config, memory).start(program)


def open_object(  # noqa: PLR0913, PLR0917 - what dlopen takes, and what the loader is
    process: Process, path: str, caller: str, lookup: Lookup, config: LoaderConfig, memory: Memory | None = None
) -> tuple[LoadedObject, ...]:
    """Return what dlopen(3) of a path, called by the loaded object `caller`, brings into a process, in load order.

    The first is the object itself; nothing if it is there already, or cannot be loaded. The process stays as it was.

    The needs of the object are not searched by the caller's DT_RPATH: the chain of the objects that loaded each other
    begins anew with each dlopen, and only the main program's DT_RPATH is looked at besides.
    """
    return _Loading(process, lookup, config, memory).open(path, caller)


def find(process: Process, name: str, caller: str, lookup: Lookup, config: LoaderConfig) -> Resolution:
    """Say where dlopen(3) of a name or path, called by the loaded object `caller`, finds it."""
    loading = _Loading(process, lookup, config)
    return loading.find(name, loading.caller(caller))[0]


class _Loading:
    """One execve or dlopen, on top of what the process has; `keep` makes it part of the process."""

    # This module's own classes share their private parts.
    # ruff: noqa: SLF001

    def __init__(self, process: Process, lookup: Lookup, config: LoaderConfig, memory: Memory | None = None) -> None:
        self._process = process
        self._memory = memory or Memory()
        self._paths = self._memory.paths
        self._searches = None if memory is None else memory.searches
        self._names = _Names(process._names)
        self._maps: dict[str, _Map] = {}
        self._lookup = lookup
        self._config = config
        self._work = 0

    def start(self, program: str) -> Process:
        process, config = self._process, self._config
        opened = self._lookup(program) if program else None
        process._library_path = folders(config.library_path, origin=_folder_of(program), config=config)
        if opened is not None and opened.elf is not None:
            process._program = self._map(program, opened.elf, None)
            self._names.add(process._program, ("", opened.elf.soname))
            self._add_interpreter(opened.elf.interpreter)
            self.keep(self._load(process._program))
        return process

    def open(self, name: str, caller: str) -> tuple[LoadedObject, ...]:
        _, found = self.find(name, self.caller(caller))
        if found is None:
            return ()
        found.parent = None
        return self._load(found)

    def keep(self, objects: tuple[LoadedObject, ...]) -> None:
        self._names.keep()
        self._process._maps |= self._maps
        self._process.objects += objects

    def caller(self, path: str) -> _Map | None:
        """Return the loaded object that calls dlopen; the main program if the path is unknown."""
        return self._process._maps.get(path, self._process._program)

    def find(self, soname: str, loading: _Map | None) -> tuple[Resolution, _Map | None]:
        """Answer for one needed name, and return the object if it is a new one."""
        name: str | None = soname
        if "$" in soname:
            origin = "/" if loading is None else loading.origin
            name = expand(soname, origin=origin, lib=self._config.lib, platform=self._config.platform)
        if name is None:
            return NotFound(soname=soname, tried=(), fatal="empty dynamic string token substitution"), None
        known = self._names.by_name(name)
        if known is not None:
            return Found(soname=soname, path=known.path, step=SearchStep.LOADED), None
        return self._search(soname, name, loading)

    def _search(self, soname: str, name: str, loading: _Map | None) -> tuple[Resolution, _Map | None]:
        if self._work > _MAX_WORK:
            return _exhausted(soname, ()), None
        seeker = self._seeker(loading)
        key = (soname, name, seeker)
        search = None if self._searches is None else self._searches.get(key)
        if search is None:
            if self._memory.left < 0 and "/" not in name:
                return _exhausted(soname, ()), None
            search = _search(soname, name, seeker, self._lookup, self._config)
            self._memory.left -= search.work
            if self._searches is not None:
                self._searches[key] = search
        answer, opened, work = search
        self._work += work
        if self._work > _MAX_WORK:
            return _exhausted(soname, ()), None
        if isinstance(answer, NotFound) or opened is None or opened.elf is None:
            return answer, None
        known = self._names.by_file(opened.identity)
        if known is not None:
            self._names.add(known, (name,))
            return Found(soname=soname, path=known.path, step=SearchStep.LOADED), None
        loaded = self._map(answer.path, opened.elf, loading)
        self._work += loaded.depth
        self._names.add(loaded, (name, answer.path, opened.elf.soname), opened.identity)
        return answer, loaded

    def _load(self, first: _Map) -> tuple[LoadedObject, ...]:
        """Load what an object needs, and what that needs, breadth first."""
        queue, objects = [first], []
        for loading in queue:
            self._maps.setdefault(loading.path, loading)
            self._memory.left += _FOR_EACH_OBJECT
            answers = [self.find(name, loading) for name in loading.elf.needed]
            queue += [loaded for _, loaded in answers if loaded is not None]
            objects.append(LoadedObject(path=loading.path, needs=tuple([answer for answer, _ in answers])))
        return tuple(objects)

    def _add_interpreter(self, path: str | None) -> None:
        """Put the dynamic loader itself, which the kernel has mapped, beside the program."""
        opened = self._lookup(path) if path else None
        if path and opened is not None and opened.elf is not None:
            self._names.add(self._map(path, opened.elf, None), (path, opened.elf.soname))

    def _map(self, path: str, elf: ElfFile, parent: _Map | None) -> _Map:
        paths = self._paths.get(path)
        if paths is None:
            paths = self._paths[path] = _paths(path, elf, self._config)
        return _Map(path, elf, parent, paths)

    def _seeker(self, loading: _Map | None) -> Seeker:
        if loading is None:
            return Seeker((), (), self._process._library_path, None, no_default=False)
        if loading.seeker is None:
            loading.seeker = _make_seeker(loading, self._process)
        return loading.seeker


def _search(soname: str, name: str, seeker: Seeker, lookup: Lookup, config: LoaderConfig) -> _Search:
    """Look for a name that is not loaded yet: the first path that the loader takes."""
    tried: list[Tried] = []
    work = 0
    for work, (step, path, by, passed_over) in enumerate(candidates(name, seeker, config), 1):
        if work > _MAX_WORK:
            return _Search(_exhausted(soname, tried), None, work)
        opened = None if passed_over else lookup(path)
        reason, fatal = (passed_over or "no such file", False) if opened is None else judge(opened, config)
        if opened is not None and opened.elf is not None and not reason:
            return _Search(Found(soname=soname, path=path, step=step, by=by), opened, work)
        if len(tried) < _MAX_TRIED:
            tried.append(Tried(step=step, path=path, reason=reason, by=by))
        if fatal:
            return _Search(NotFound(soname=soname, tried=tuple(tried), fatal=reason), None, work)
    return _Search(NotFound(soname=soname, tried=tuple(tried)), None, work)


def _exhausted(soname: str, tried: Iterable[Tried]) -> NotFound:
    return NotFound(soname=soname, tried=tuple(tried), fatal=f"more than {_MAX_WORK} paths to try")


def _paths(path: str, elf: ElfFile, config: LoaderConfig) -> _Paths:
    """Return the folder of an object, and where its own DT_RPATH and DT_RUNPATH lead."""
    origin = _folder_of(path)
    rpath = elf.rpath if elf.runpath is None else None
    return (
        origin,
        search_path(rpath, by=path, origin=origin, config=config),
        search_path(elf.runpath, by=path, origin=origin, config=config),
    )


def _make_seeker(loading: _Map, process: Process) -> Seeker:
    """Gather the DT_RPATHs from the object up to the main program; a DT_RUNPATH of the object itself voids them all."""
    chain: list[_Map] = []
    above: _Map | None = loading
    while above is not None:
        chain.append(above)
        above = above.parent
    program = process._program
    if program is not None and chain[-1] is not program:
        chain.append(program)
    void = loading.elf.runpath is not None
    return Seeker(
        rpaths=() if void else tuple([each.rpath for each in chain if each.rpath is not None]),
        ignored=tuple([each.path for each in chain if each.elf.rpath and (void or each.elf.runpath is not None)]),
        library_path=process._library_path,
        runpath=loading.runpath,
        no_default=bool(loading.elf.flags_1 & _DF_1_NODEFLIB),
    )


def judge(opened: OpenedFile, config: LoaderConfig) -> tuple[str, bool]:
    """Say why the loader does not take a file, in its words, and whether that ends the search; nothing for a good one.

    Source: glibc elf/dl-load.c, open_verify and _dl_map_object_from_fd, in their order; but Debian's looks at the
    machine before the data encoding and the OS ABI (measured with 2.36 and 2.41): an s390x library is no obstacle.
    """
    elf = opened.elf
    if elf is None:
        return opened.fault, True
    order = "little" if config.little_endian else "big"
    checks = (
        (elf.elf_class != config.elf_class, "wrong ELF class", False),
        (not _is_for_machine(elf, config), "wrong machine", False),
        (elf.little_endian != config.little_endian, f"ELF file data encoding not {order}-endian", True),
        (elf.os_abi not in _ABI_VERSIONS, "ELF file OS ABI invalid", True),
        (elf.abi_version >= _ABI_VERSIONS.get(elf.os_abi, 256), "ELF file ABI version invalid", True),
        (elf.type not in {_ET_EXEC, _ET_DYN}, "only ET_DYN and ET_EXEC can be loaded", True),
        (opened.fault, opened.fault, True),
        (elf.type == _ET_EXEC, "cannot dynamically load executable", True),
        (not elf.dynamic, "object file has no dynamic section", True),
        (elf.flags_1 & _DF_1_PIE, "cannot dynamically load position-independent executable", True),
    )
    return next(((reason, fatal) for wrong, reason, fatal in checks if wrong), ("", False))


def _is_for_machine(elf: ElfFile, config: LoaderConfig) -> bool:
    """Compare e_machine as the loader does: without regard to the file's data encoding."""
    swapped = elf.machine >> 8 | (elf.machine & 0xFF) << 8
    seen = elf.machine if elf.little_endian == config.little_endian else swapped
    mask, value = config.header_flags
    return seen == config.machine and elf.header_flags & mask == value


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0] or "/"
