"""The objects that a process loads, breadth first, with the resolution of every needed name.

The walk is the same for every C library; the differences are in `rules`. Source: ld.so(8); glibc elf/dl-load.c
(_dl_map_object), elf/dl-deps.c, elf/dl-open.c; musl ldso/dynlink.c (load_library, load_direct_deps, dlopen).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pip_sysdeps.loader.rules import LinkMap, RejectionEffect
from pip_sysdeps.model.loader import Found, LoadedObject, NotFound, SearchStep, Tried

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.loader.rules import AnyRules, Lookup
    from pip_sysdeps.model.elf import ElfFile, OpenedFile
    from pip_sysdeps.model.loader import Resolution

_MAX_WORK = 50_000
"""Limit on one start or dlopen: paths tried plus the depth of each loaded object. Real environments stay far below."""
_MAX_SEARCHED = 100_000
"""Limit on the paths tried for a whole environment; a cached search counts once."""
_ADDED_BY_OBJECT = 500
"""How much each loaded object raises this limit."""
_TOO_MANY_SEARCHED = f"more than {_MAX_SEARCHED} paths to try for the whole environment"
_MAX_TRIED = 1000
"""Limit on the tried paths that one result lists."""


class _SearchResult(NamedTuple):
    """The result of a search on disk. It does not depend on the loaded objects, so it can be cached."""

    answer: Resolution
    opened: OpenedFile | None
    """The file that was found."""
    work: int
    """How many paths were tried."""
    relative: str = ""
    """The path of `opened` as the loader opens it, if that is relative."""


_Searches = dict[tuple[str, str], _SearchResult]
"""Searches by (needed name, name returned by `rules.expand_name`)."""


class _Names:
    """The loaded objects, by the names and files that the loader knows them by.

    If two objects have the same name, the first in load order has it.
    """

    def __init__(self, before: _Names | None = None) -> None:
        """Start empty; names and files of `before` are looked up too."""
        self._before = before
        self._names: dict[str, LinkMap] = {}
        self._files: dict[tuple[int, int], LinkMap] = {}

    def add(self, loaded: LinkMap, names: tuple[str | None, ...], identity: tuple[int, int] | None = None) -> None:
        for name in names:
            known = None if name is None else self._names.setdefault(name, loaded)
            if name is not None and known is not None and loaded.number < known.number:
                self._names[name] = loaded
        if identity is not None:
            self._files.setdefault(identity, loaded)

    def by_name(self, name: str) -> LinkMap | None:
        known, now = self._before._names.get(name) if self._before else None, self._names.get(name)
        if known is None or now is None:
            return known or now
        return min(known, now, key=lambda each: each.number)

    def by_file(self, identity: tuple[int, int]) -> LinkMap | None:
        known = self._before._files.get(identity) if self._before else None
        return known or self._files.get(identity)

    def keep(self) -> None:
        """Add these names and files to `before`."""
        if self._before is not None:
            for name, loaded in self._names.items():
                self._before.add(loaded, (name,))
            for identity, loaded in self._files.items():
                self._before.add(loaded, (), identity)


class Process:
    """A process as the loader sees it: the main program and all that was loaded so far."""

    def __init__(self) -> None:
        self.objects: tuple[LoadedObject, ...] = ()
        """In load order, the main program first; without the dynamic loader itself."""
        self._program: LinkMap | None = None
        self._has_started = False
        self._names = _Names()
        self._maps: dict[str, LinkMap] = {}
        self._count = 0


class Memory:
    """Cached answers of one lookup and one set of rules, for a caller that opens a thousand objects."""

    def __init__(self) -> None:
        self.searches: dict[Any, _Searches] = {}
        """By context. Comparing contexts is slow (up to a thousand folders), so each object does it only once."""
        self.left = _MAX_SEARCHED
        """How many paths may still be tried."""


def start(program: str, lookup: Lookup, rules: AnyRules, memory: Memory | None = None) -> Process:
    """Load the main program, by its real path (/proc/self/exe), with all its dependencies.

    The process is empty if the path is empty or not an ELF program.
    """
    return _Load(Process(), lookup, rules, memory).start(program)


def open_object(  # noqa: PLR0913, PLR0917 - what dlopen takes, and what the loader is
    process: Process, path: str, caller: str, lookup: Lookup, rules: AnyRules, memory: Memory | None = None
) -> tuple[LoadedObject, ...]:
    """Return the objects that `dlopen(path)`, called by the loaded object `caller`, adds, in load order.

    The first is the object itself; empty if it is loaded already, or cannot be loaded. The process is unchanged. The
    caller's DT_RPATH does not apply to the object's needs; only the object's own chain and the main program's do.
    """
    return _Load(process, lookup, rules, memory).open(path, caller)


def find(process: Process, name: str, caller: str, lookup: Lookup, rules: AnyRules) -> Resolution:
    """Return where dlopen(3) of a name or path, called by the loaded object `caller`, finds it."""
    load = _Load(process, lookup, rules)
    return load.find(name, load.caller(caller))[0]


class _Load:
    """One execve or dlopen in a process. `keep` adds its objects to the process."""

    # This module's own classes share their private parts.
    # ruff: noqa: SLF001

    def __init__(self, process: Process, lookup: Lookup, rules: AnyRules, memory: Memory | None = None) -> None:
        self._process = process
        self._memory = memory or Memory()
        self._remembers = memory is not None
        self._searches: dict[int | None, _Searches] = {}
        """The searches of each loaded object, by its number; those without a requester by None."""
        self._names = _Names(process._names)
        self._maps: dict[str, LinkMap] = {}
        self._lookup = lookup
        self._rules = rules
        self._count = process._count
        self._work = 0

    def start(self, program: str) -> Process:
        process = self._process
        opened = self._lookup(program) if program else None
        if opened is not None and opened.elf is not None:
            process._program = self._map(program, opened.elf, None, None)
            self._names.add(process._program, self._rules.program_names(opened.elf))
            self._add_loader(self._rules.preloaded(opened.elf))
            self.keep(self._load(process._program))
            process._has_started = True
        return process

    def open(self, name: str, caller: str) -> tuple[LoadedObject, ...]:
        _, found = self.find(name, self.caller(caller))
        if found is None:
            return ()
        if not self._rules.dlopen_uses_program_path:
            found.parent = None
        return self._load(found)

    def keep(self, objects: tuple[LoadedObject, ...]) -> None:
        self._names.keep()
        self._process._maps |= self._maps
        self._process._count = self._count
        self._process.objects += objects

    def caller(self, path: str) -> LinkMap | None:
        """Return the loaded object whose search paths dlopen uses; the main program if the path is unknown."""
        program = self._process._program
        return program if self._rules.dlopen_uses_program_path else self._process._maps.get(path, program)

    def find(self, soname: str, requester: LinkMap | None) -> tuple[Resolution, LinkMap | None]:
        """Resolve a needed name. Also return the object if it is newly loaded."""
        name, fault = self._rules.expand_name(soname, requester)
        if fault:
            return NotFound(soname=soname, tried=(), fatal=fault), None
        path = self._loaded(name)
        if path:
            return Found(soname=soname, path=path, step=SearchStep.LOADED), None
        return self._load_new(soname, name, requester)

    def _loaded(self, name: str) -> str:
        """Return the path of the loaded object with a name; empty if the name must be searched."""
        loader = self._rules.loader_of(name)
        if loader:
            return loader
        known = self._names.by_name(name) if self._rules.is_known_by_name(name) else None
        if known is not None:
            return known.path
        return self._rules.kernel_object_of(name) if self._process._has_started else ""

    def _load_new(self, soname: str, name: str, requester: LinkMap | None) -> tuple[Resolution, LinkMap | None]:
        answer, opened, work, relative = self._cached_search(soname, name, requester)
        self._work += work
        if self._work > _MAX_WORK:
            return _limit_reached(soname, ()), None
        if isinstance(answer, NotFound) or opened is None or opened.elf is None:
            return answer, None
        known = self._names.by_file(opened.identity)
        libc = "" if known else self._rules.libc_at(answer.path)
        if libc:
            return Found(soname=soname, path=libc, step=SearchStep.LOADED), None
        loaded = known or self._map(answer.path, opened.elf, requester, answer.step, relative)
        self._names.add(loaded, self._rules.loaded_names(name, loaded.path, loaded.elf), opened.identity)
        if known is not None:
            return Found(soname=soname, path=known.path, step=SearchStep.LOADED), None
        self._work += loaded.depth
        return answer, loaded

    def _cached_search(self, soname: str, name: str, requester: LinkMap | None) -> _SearchResult:
        if self._work > _MAX_WORK:
            return _SearchResult(_limit_reached(soname, ()), None, 0)
        context = self._context(requester)
        number = None if requester is None else requester.number
        searches = self._searches.get(number)
        if searches is None:
            searches = self._searches[number] = self._memory.searches.setdefault(context, {})
        search = searches.get((soname, name))
        if search is None:
            if self._memory.left < 0 and "/" not in name:
                return _SearchResult(_limit_reached(soname, (), _TOO_MANY_SEARCHED), None, 0)
            search = _search_paths(soname, name, context, self._lookup, self._rules)
            self._memory.left -= search.work
            if self._remembers:
                searches[soname, name] = search
        return search

    def _load(self, first: LinkMap) -> tuple[LoadedObject, ...]:
        """Load the dependencies of an object, breadth first."""
        queue, objects = [first], []
        for requester in queue:
            self._maps.setdefault(requester.path, requester)
            self._memory.left += _ADDED_BY_OBJECT
            answers = [self.find(name, requester) for name in requester.elf.needed]
            queue += [loaded for _, loaded in answers if loaded is not None]
            objects.append(LoadedObject(path=requester.path, needs=tuple([answer for answer, _ in answers])))
        return tuple(objects)

    def _add_loader(self, path: str) -> None:
        """Add the dynamic loader itself, which the kernel has mapped."""
        opened = self._lookup(path) if path else None
        if opened is not None and opened.elf is not None:
            loader = self._map(path, opened.elf, None, None)
            self._names.add(loader, self._rules.loaded_names(path, path, opened.elf))

    def _map(
        self, path: str, elf: ElfFile, parent: LinkMap | None, found_by: SearchStep | None, relative: str = ""
    ) -> LinkMap:
        loaded = LinkMap(path, elf, number=self._count, parent=parent, found_by=found_by, relative=relative)
        self._count += 1
        return loaded

    def _context(self, requester: LinkMap | None) -> Any:  # noqa: ANN401 - each C library has its own
        if requester is None:
            return self._rules.context(None, self._process._program)
        if requester.context is None:
            requester.context = self._rules.context(requester, self._process._program)
        return requester.context


def _search_paths(soname: str, name: str, context: object, lookup: Lookup, rules: AnyRules) -> _SearchResult:
    """Return the first path that the loader accepts for a name, or NotFound with the tried paths."""
    tried: list[Tried] = []
    work, ended = 0, None
    for work, candidate in enumerate(rules.candidates(name, context), 1):
        step, path, by, skip_reason, _, relative = candidate
        if work > _MAX_WORK:
            return _SearchResult(_limit_reached(soname, tried), None, work)
        if (step, by) == ended:
            continue
        opened = None if skip_reason else lookup(path)
        rejection = None if opened is None else rules.judge(opened, candidate)
        if opened is not None and opened.elf is not None and rejection is None:
            return _SearchResult(Found(soname=soname, path=path, step=step, by=by), opened, work, relative)
        reason = skip_reason or (rejection.reason if rejection else "no such file")
        if len(tried) < _MAX_TRIED:
            tried.append(Tried(step, path, reason, by))
        if rejection and rejection.effect is RejectionEffect.STOP_SEARCH:
            return _SearchResult(NotFound(soname=soname, tried=tuple(tried), fatal=reason), None, work)
        ended = (step, by) if rejection and rejection.effect is RejectionEffect.SKIP_LIST else None
    return _SearchResult(NotFound(soname=soname, tried=tuple(tried)), None, work)


def _limit_reached(
    soname: str, tried: Iterable[Tried], reason: str = f"more than {_MAX_WORK} paths to try"
) -> NotFound:
    return NotFound(soname=soname, tried=tuple(tried), fatal=reason)
