"""What the Python sources of one distribution open and run by name, read and never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.attempts import joined
from pip_sysdeps.byname.call_graph import MOST_CALLS_DEEP, CallGraph
from pip_sysdeps.byname.libraries import Libraries
from pip_sysdeps.byname.opened_files import opened_files
from pip_sysdeps.byname.parsed_sources import parsed
from pip_sysdeps.byname.platform_conditions import ANY_PYTHON
from pip_sysdeps.byname.programs import Programs
from pip_sysdeps.byname.reference_set import merged
from pip_sysdeps.byname.source_filter import Wanted, fails_on_linux
from pip_sysdeps.byname.steps import StepLimitError, Steps
from pip_sysdeps.system.python_syntax import MOST_MARKS, count_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from pip_sysdeps.byname.module import Module
    from pip_sysdeps.byname.platform_conditions import Version
    from pip_sysdeps.model.needs import Reference, ReferenceKind


class Others(NamedTuple):
    """The other sources of a distribution, by why they are asked for."""

    calling: Callable[[Wanted, Container[str]], Mapping[str, bytes]]
    """Return those that call functions, or set attributes, and are not known."""
    importing: Callable[[Mapping[str, frozenset[str]]], Mapping[str, bytes]] = lambda _: {}
    """Return those of modules, by their full names, that set variables of theirs."""


class Named(NamedTuple):
    """What the sources of a distribution name."""

    references: tuple[Reference, ...] = ()
    """Strongest first."""
    broken: tuple[str, ...] = ()
    """Sources that do not parse."""
    unknown: tuple[tuple[ReferenceKind, str], ...] = ()
    """What is opened or run by a name that is computed at run time: its kind, and the source."""


def named_by(
    sources: Mapping[str, bytes],
    others: Others,
    base: str,
    python: Version = ANY_PYTHON,
    steps: Steps | None = None,
) -> Named:
    """Return what the sources of one distribution name.

    `sources` has those that `opens` and `runs` let through, by path; `base` is the distribution's folder, and `python`
    the version that runs them. Raise StepLimitError if the search takes more than `steps`.
    """
    search = _Search(others, base, python, steps or Steps())
    try:
        return search.found(sources)
    finally:
        search.forget()


class _World(NamedTuple):
    """What the modules that are parsed open and run."""

    graph: CallGraph
    libraries: Libraries
    programs: Programs
    files: list[Reference]

    def wanted(self) -> Wanted:
        """Return what decides what is opened and run, and may be in other sources; a short name may be anything's."""
        aliases = {name for module in self.graph.modules for name in module.aliases}
        every = (self.libraries.openers, self.programs.runners | aliases, self.graph.unset)
        return Wanted(*(frozenset(name for name in each if len(name) > 2) for each in every))


class _Search:
    """A search of the sources of one distribution, which follows calls from one source into others."""

    def __init__(self, others: Others, base: str, python: Version, steps: Steps) -> None:
        self._others = others
        self._base = base
        self._python = python
        self._steps = steps
        self._broken: list[str] = []
        self.modules: list[Module] = []
        self._graphs: list[CallGraph] = []

    def forget(self) -> None:
        """Drop what was parsed and found in it."""
        for module in self.modules:
            module.forget()
        for graph in self._graphs:
            graph.forget()

    def found(self, sources: Mapping[str, bytes]) -> Named:
        """Search sources, and those that they lead to."""
        world = self._with_callers(sources)
        attempts = (attempt for module in self.modules for attempt in module.attempts)
        opened = joined(world.libraries.opened, attempts, self._steps)
        queries = [each.reference for each in world.libraries.queries]
        others = (*world.programs.run, *world.files)
        references = merged(queries, [*(each.reference for each in opened), *others], self._steps)
        return Named(references, tuple(self._broken), tuple(world.graph.unknown))

    def _with_callers(self, sources: Mapping[str, bytes]) -> _World:
        """Parse the sources, those that call what opens or runs for them, and those that have the names."""
        world = self._parsed(sources)
        known = set(sources)
        for _ in range(MOST_CALLS_DEEP):
            wanted = world.wanted()
            found = self._others.calling(wanted, known) if any(wanted) else {}
            found = {**found, **self._others.importing(world.graph.absent())}
            more = {path: text for path, text in found.items() if path not in known}
            if not more:
                break
            known |= more.keys()
            world = self._parsed(more)
        return world

    def _parsed(self, texts: Mapping[str, bytes]) -> _World:
        """Return what all modules name, with those of some more sources."""
        for path, text in texts.items():
            if fails_on_linux(text):
                continue
            count = count_marks(text)
            if count > MOST_MARKS:
                raise StepLimitError
            self._steps.take(count)
            module = parsed(path, text, self._base, self._steps, self._python)
            if module is None:
                self._broken.append(path)
            else:
                self.modules.append(module)
        graph = CallGraph(self.modules, self._steps)
        self._graphs.append(graph)
        libraries = Libraries(graph)
        return _World(graph, libraries, Programs(graph), list(opened_files(graph, libraries.openers)))
