"""The libraries, programs and files that the Python sources of one distribution name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.attempts import joined
from pip_sysdeps.byname.libraries import Libraries
from pip_sysdeps.byname.opened_files import opened_files
from pip_sysdeps.byname.programs import Programs
from pip_sysdeps.byname.reference_set import merged
from pip_sysdeps.byname.source_filter import Wanted, fails_on_linux
from pip_sysdeps.sources.call_graph import MOST_CALLS_DEEP, CallGraph
from pip_sysdeps.sources.module import Attempt
from pip_sysdeps.sources.parsed_sources import parsed
from pip_sysdeps.sources.platform_conditions import ANY_PYTHON
from pip_sysdeps.sources.steps import StepLimitError, Steps
from pip_sysdeps.system.python_syntax import MOST_MARKS, count_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from pip_sysdeps.byname.attempts import Opened
    from pip_sysdeps.model.needs import Reference, ReferenceKind
    from pip_sysdeps.sources.module import Module
    from pip_sysdeps.sources.platform_conditions import Version
    from pip_sysdeps.sources.source import Source


_MOST_WANTED = 100
"""Names of a kind that are looked for in other sources; no distribution that was measured has 40."""


class Others(NamedTuple):
    """Functions that find further sources of the distribution."""

    calling: Callable[[Wanted, Container[str]], Iterable[Source]]
    """Return sources that call openers or runners, or set attributes; skip those of known paths."""
    importing: Callable[[Mapping[str, frozenset[str]]], Iterable[Source]] = lambda _: ()
    """Return the sources of modules, by full name, that define some names."""


class SourceReferences(NamedTuple):
    """The references in the sources of a distribution."""

    references: tuple[Reference, ...] = ()
    """References, strongest first."""
    broken: tuple[str, ...] = ()
    """Sources that do not parse."""
    unknown: tuple[tuple[ReferenceKind, str], ...] = ()
    """Kinds and paths of sources that open or run something by a computed name."""


def named_by(
    sources: Iterable[Source], others: Others, python: Version = ANY_PYTHON, steps: Steps | None = None
) -> SourceReferences:
    """Return the references in the sources of one distribution.

    `sources` are those that `opens` and `runs` select; `python` is the version that runs them. Raise StepLimitError if
    the search takes more than `steps`.
    """
    search = _Search(others, python, steps or Steps())
    try:
        return search.found(sources)
    finally:
        search.forget()


class _World(NamedTuple):
    """The results for the modules that are parsed so far."""

    graph: CallGraph
    libraries: Libraries
    programs: Programs
    files: list[Opened]

    def wanted(self) -> Wanted:
        """Return the names to look for in other sources; very short names are too ambiguous."""
        aliases = {name for module in self.graph.modules for name in module.aliases}
        every = (self.libraries.openers, self.programs.runners | aliases, self.graph.definitions.unset)
        return Wanted(*(frozenset(sorted(name for name in each if len(name) > 2)[:_MOST_WANTED]) for each in every))


class _Search:
    """A search that follows calls from one source into others."""

    def __init__(self, others: Others, python: Version, steps: Steps) -> None:
        self._others = others
        self._python = python
        self._steps = steps
        self._broken: list[str] = []
        self.modules: list[Module] = []

    def forget(self) -> None:
        """Drop the parsed modules."""
        for module in self.modules:
            module.forget()

    def found(self, sources: Iterable[Source]) -> SourceReferences:
        """Search sources and those that they lead to."""
        world = self._with_callers(sources)
        attempts = [attempt for module in self.modules for attempt in module.attempts]
        fallbacks = (each for module in self.modules for each in module.searches.fallbacks)
        attempts += [Attempt(first, (second,)) for first, second in fallbacks]
        opened = [*joined(world.libraries.opened, attempts, self._steps), *joined(world.files, attempts, self._steps)]
        queries = [each.reference for each in world.libraries.queries]
        references = merged(queries, [*(each.reference for each in opened), *world.programs.run], self._steps)
        return SourceReferences(references, tuple(self._broken), tuple(world.graph.unknown))

    def _with_callers(self, sources: Iterable[Source]) -> _World:
        """Parse the sources, then those that call their openers and runners, and those that define names."""
        more = {each.path: each for each in sources}
        known = set(more)
        world = self._parsed(more.values())
        for _ in range(MOST_CALLS_DEEP):
            wanted = world.wanted()
            calling = self._others.calling(wanted, known) if any(wanted) else ()
            found = (*calling, *self._others.importing(world.graph.definitions.absent()))
            more = {each.path: each for each in found if each.path not in known}
            if not more:
                break
            known |= more.keys()
            world = self._parsed(more.values())
        return world

    def _parsed(self, sources: Iterable[Source]) -> _World:
        """Parse more sources, and return the results for all modules."""
        for source in sources:
            if fails_on_linux(source.text):
                continue
            count = count_marks(source.text)
            if count > MOST_MARKS:
                raise StepLimitError
            self._steps.take(count)
            module = parsed(source, self._steps, self._python)
            if module is None:
                self._broken.append(source.path)
            else:
                self.modules.append(module)
        graph = CallGraph(self.modules, self._steps)
        libraries = Libraries(graph)
        return _World(graph, libraries, Programs(graph), list(opened_files(graph, libraries.openers)))
