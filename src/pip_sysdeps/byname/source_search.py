"""Search the Python sources of one distribution for needs by name, and parse only those that matter."""

from __future__ import annotations

import posixpath
from bisect import insort
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.about import FEW_SOURCES, About
from pip_sysdeps.byname.source_filter import (
    defines,
    is_runner,
    loads,
    opens,
    opens_files,
    program_words,
    quotes,
    runs,
    runs_directly,
)
from pip_sysdeps.byname.standard_modules import imported, is_module, may_import, may_run, run
from pip_sysdeps.environment.site_files import parse_scripts
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.sources.read_sources import LONGEST_SOURCE, Sources
from pip_sysdeps.sources.source import module_of, relative
from pip_sysdeps.sources.steps import StepLimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.byname.source_filter import Wanted
    from pip_sysdeps.byname.source_references import SourceReferences
    from pip_sysdeps.byname.standard_modules import Imported
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.model.needs import Reference, ReferenceKind
    from pip_sysdeps.sources.source import Source
    from pip_sysdeps.system.root import Root

_MAX_METADATA = 1 << 16
"""Maximum bytes of a description or of entry points that are read."""
_MOST_OPENING = 1 << 20
"""Maximum bytes of parsed sources that open libraries, for one distribution: python-vlc has half of it."""
_MOST_RUNNING = 1 << 18
"""Maximum bytes of parsed sources that run programs."""
_MOST_HELPERS = 1 << 15
"""Maximum bytes of parsed sources that run variables, if no source has a program of the title."""
_MOST_OF_LARGE = 1 << 16
"""Maximum bytes of parsed sources that open libraries, for a large distribution: each is one feature."""
_MARKS_TO_FORK = 20_000
"""Marks of sources that justify a child process: fewer are parsed in a tenth of a second."""


class Searched(NamedTuple):
    """The result of searching one distribution."""

    references: tuple[Reference, ...] = ()
    """References in its sources."""
    skipped: tuple[Skipped, ...] = ()
    """Sources that were not searched."""
    imported: tuple[Imported, ...] = ()
    """Imported standard modules that the interpreter may lack."""
    unknown: tuple[tuple[ReferenceKind, str], ...] = ()
    """Kinds and paths of sources that open or run something by a computed name."""


class _Shortest:
    """The shortest sources, up to a number of bytes together; only the paths of the others."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._kept: list[tuple[int, Source]] = []
        self._left_out: list[tuple[int, str]] = []

    @property
    def size(self) -> int:
        """Bytes of the kept sources together."""
        return sum(size for size, _ in self._kept)

    def add(self, source: Source) -> None:
        """Add a source; drop the longest ones beyond the limit."""
        insort(self._kept, (len(source.text), source))
        self._left -= len(source.text)
        while self._left < 0:
            size, longest = self._kept.pop()
            self._left += size
            self._left_out.append((size, longest.path))

    def kept(self, most: int = LONGEST_SOURCE) -> list[Source]:
        """Return the kept sources, shortest first, up to a number of bytes together."""
        ends = accumulate(size for size, _ in self._kept)
        return [source for (_, source), end in zip(self._kept, ends, strict=True) if end <= most]

    def left_out(self) -> list[str]:
        """Return the paths of the other sources, shortest first."""
        return [path for _, path in sorted(self._left_out)]


def too_long(paths: Iterable[str], reason: str) -> Iterator[Skipped]:
    """Yield a note for each source that is skipped for its size or cost."""
    for path in paths:
        yield Skipped(path=path, verdict=Verdict.TOO_LONG, reason=reason)


class SourceSearch:
    """A search of the sources of one distribution."""

    def __init__(  # noqa: PLR0913 - one of each thing that answers
        self,
        root: Root,
        distribution: Distribution,
        package_of: Callable[[str], str],
        *,
        python: tuple[int, ...],
        modules: frozenset[str],
        is_installed: Callable[[str], bool],
        fork: bool = False,
    ) -> None:
        """`package_of` returns the package of a program, or an empty string for other words and base programs.

        `python` is the version that runs the sources, `modules` are standard modules that it may lack; `is_installed`
        returns whether a module is in its environment.
        With `fork`, large sources are parsed in a child process.
        """
        self._fork = fork
        self._root = root
        self._base = distribution.base
        self._sources = Sources(root, distribution.base, distribution.files)
        self._metadata = distribution.metadata_path
        self._package_of = package_of
        self._python = python
        self._modules = modules
        self._is_installed = is_installed
        self._importing: list[Source] = []
        """Sources that may import standard modules that the interpreter may lack."""
        self._skipped: list[Skipped] = []

    @property
    def _is_large(self) -> bool:
        return len(self._sources) > FEW_SOURCES

    def searched(self) -> Searched:
        """Search the sources."""
        gated = self._large() if self._is_large else self._small()
        found = self._named_by(gated) if gated else Searched()
        modules = self._imported() if self._importing else ()
        runs = [each for each in found.references if is_module(each)]
        others = tuple(each for each in found.references if not is_module(each))
        skipped = dict.fromkeys((*self._sources.unreadable.values(), *self._skipped))
        return found._replace(
            references=others, skipped=tuple(skipped), imported=(*modules, *run(runs, self.about, self._modules))
        )

    def _imported(self) -> tuple[Imported, ...]:
        """Return the imported standard modules that the interpreter may lack."""
        from pip_sysdeps.sources.module_imports import ModuleImports  # noqa: PLC0415 - with ast, a tenth of a small lock

        imports = ModuleImports(self._sources, self._python, self._is_installed, self._programs())
        return tuple(imported(self._importing, imports, self.about, self._modules))

    def _programs(self) -> frozenset[str]:
        """Return the modules of the distribution's programs: of its entry points, and `__main__` of its packages.

        None for a large distribution, in which a program may be one feature; entry points for an extra do not count.
        """
        if self._is_large:
            return frozenset()
        references = parse_scripts(self._text("entry_points.txt")).values()
        modules = (module_of(relative(path, self._base)) for path in self._sources.paths)
        mains = (name for name in modules if name.partition(".")[2] == "__main__")
        return frozenset((*mains, *(each.partition(":")[0].strip() for each in references if "[" not in each)))

    def _large(self) -> list[Source]:
        """Return the sources of a large distribution to parse.

        They are searched for programs only if its title names one, because no other would have high confidence.
        """
        opening, running = _Shortest(_MOST_OF_LARGE), _Shortest(_MOST_RUNNING)
        top = self._base.rstrip("/").count("/") + 2
        for source in self._sources:
            text = source.text
            if source.path.count("/") <= top and may_import(text, self._modules):
                self._importing.append(source)
            if opens(text) or len(text) == LONGEST_SOURCE:
                opening.add(source)
            elif quotes(text, self._titled) and any(map(self._counts, runs(text))):
                running.add(source)
        return [*self._kept(opening), *self._kept(running)]

    def _small(self) -> list[Source]:
        """Return the sources of any other distribution to parse; other sources may name what they run."""
        opening, running = _Shortest(_MOST_OPENING), _Shortest(_MOST_RUNNING)
        helping = _Shortest(_MOST_RUNNING)
        for source in self._sources:
            text = source.text
            if may_import(text, self._modules):
                self._importing.append(source)
            if loads(text) or opens_files(text) or len(text) == LONGEST_SOURCE:
                opening.add(source)
            elif is_runner(text):
                (running if self._names_program(text) else helping).add(source)
        most = _MOST_HELPERS
        if helping.size > most and any(quotes(source.text, self._titled) for source in self._sources):
            most = _MOST_RUNNING
        return [*self._kept(opening), *self._kept(running), *helping.kept(most)]

    def _named_by(self, gated: Sequence[Source]) -> Searched:
        """Return the references in sources; none, and a note, if they are too expensive to search."""
        from pip_sysdeps.byname.source_references import Others, named_by  # noqa: PLC0415 - with ast, a tenth of a small lock
        from pip_sysdeps.system.bounded_worker import LostError, bounded  # noqa: PLC0415 - few distributions need it
        from pip_sysdeps.system.python_syntax import count_marks  # noqa: PLC0415 - the same

        def search() -> tuple[SourceReferences, list[Skipped]]:
            return named_by(gated, Others(self._calling, self._defining), self._python), self._skipped

        fork = self._fork and sum(count_marks(source.text) for source in gated) > _MARKS_TO_FORK
        before = list(self._skipped)
        try:
            found, self._skipped = bounded(search, fork=fork)
        except (StepLimitError, LostError, RecursionError):
            reason = "the sources of its distribution take too long to search for libraries and programs"
            self._skipped = [*before, *too_long([source.path for source in gated], reason)]
            return Searched()
        reason = "Python does not parse it"
        self._skipped += (Skipped(path=each, verdict=Verdict.MALFORMED, reason=reason) for each in found.broken)
        return Searched(tuple(self._reached(found.references)), unknown=found.unknown)

    def _reached(self, references: Sequence[Reference]) -> Iterator[Reference]:
        """Yield references; only those in modules that an import or a program surely imports stay required."""
        from pip_sysdeps.sources.module_imports import ModuleImports  # noqa: PLC0415 - with ast, a tenth of a small lock

        programs = self._programs() if any(each.required for each in references) else frozenset()
        imports = ModuleImports(self._sources, self._python, self._is_installed, programs)
        for each in references:
            modules = (module_of(relative(path, self._base)) for path in each.by)
            yield each._replace(required=each.required and any(map(imports.is_reached, modules)))

    def _kept(self, sources: _Shortest) -> list[Source]:
        """Return the kept sources, and note the others."""
        reason = "too long to be searched for libraries and programs with the others of its distribution"
        self._skipped += too_long(sources.left_out(), reason)
        return sources.kept()

    @cached_property
    def _titled(self) -> frozenset[bytes]:
        """Programs that the title mentions."""
        return frozenset(word.encode() for word in self.about.title if self._package_of(word))

    @cached_property
    def about(self) -> About:
        """The distribution's name, summary, keywords and description."""
        text = self._text("METADATA", "PKG-INFO", "").decode("utf-8", "replace")
        return About(text=text, sources=len(self._sources))

    def _text(self, *names: str) -> bytes:
        """Return the first file of the metadata; empty if it cannot be read, which its distribution's notes report."""
        places = [posixpath.join(self._metadata, name) for name in names]
        try:
            found = next(filter(self._root.is_file, places), None)
            place = self._root.resolve(found) if found else None
            return self._root.read_resolved(place, _MAX_METADATA) if place else b""
        except OSError:
            return b""

    def _counts(self, word: str) -> bool:
        """Return whether a word is a program, and the description mentions it or its package."""
        package = self._package_of(word)
        return bool(package) and self.about.mentions(word, package)

    def _names_program(self, source: bytes) -> bool:
        """Return whether a source runs a program or module by its name, or names one that the description mentions."""
        named = any(map(self._counts, program_words(source))) or any(map(self._package_of, runs_directly(source)))
        return named or may_run(source, self._modules)

    def _calling(self, wanted: Wanted, known: Container[str]) -> list[Source]:
        """Return more sources that have the wanted names; none for a large distribution."""
        if self._is_large:
            return []
        found, helping = _Shortest(_MOST_RUNNING), _Shortest(_MOST_HELPERS)
        for source in self._sources:
            if source.path in known:
                continue
            is_named = wanted.is_named_in(source.text)
            if wanted.is_opened_in(source.text) or (is_named and any(map(self._is_name, program_words(source.text)))):
                found.add(source)
            elif is_named:
                helping.add(source)
        return [*self._kept(found), *helping.kept()]

    def _is_name(self, word: str) -> bool:
        """Return whether a word may be a library, or is a program outside base images."""
        return bool(self._package_of(word)) or ".so" in word

    def _defining(self, names: Mapping[str, frozenset[str]]) -> list[Source]:
        """Return the sources of modules, by full name, that define some names; none for a large distribution."""
        found = _Shortest(_MOST_RUNNING)
        for source in () if self._is_large else self._sources:
            variables = names.get(source.module)
            if variables and defines(source.text, variables):
                found.add(source)
        return self._kept(found)
