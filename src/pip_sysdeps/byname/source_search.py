"""What the distributions of an environment name: their Python sources, searched fast and read where it matters."""

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
    is_used,
    loads,
    opens,
    opens_files,
    program_words,
    quotes,
    runs,
    runs_directly,
)
from pip_sysdeps.byname.standard_modules import imported, may_import
from pip_sysdeps.byname.steps import StepLimitError
from pip_sysdeps.model.environment import Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from pip_sysdeps.byname.source_filter import Wanted
    from pip_sysdeps.byname.sources import Named
    from pip_sysdeps.byname.standard_modules import Imported
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.model.needs import Reference, ReferenceKind
    from pip_sysdeps.system.root import Root

_MAX_SOURCE = 1 << 24
"""Bytes of a source that are looked at; of a longer one no more is known than that."""
_MAX_ABOUT = 1 << 16
"""Bytes of a description; what it is about stands in front."""
_MOST_OPENING = 1 << 20
"""Bytes of sources that are parsed for one distribution because they open libraries: python-vlc is half a million."""
_MOST_RUNNING = 1 << 18
"""The same of those that run programs."""
_MOST_HELPERS = 1 << 15
"""The same of those that run what a variable names, where no source has a program of the distribution's title."""
_MOST_OF_LARGE = 1 << 16
"""The same of those of a large distribution that open libraries: each is one feature, and none is sure."""
_MOST_KEPT = 1 << 23
"""Bytes of sources that are kept while a distribution is searched."""
_MARKS_TO_FORK = 20_000
"""Marks of sources that are worth a process of their own: fewer are parsed in a tenth of a second."""


class Searched(NamedTuple):
    """What a search of one distribution gave."""

    references: tuple[Reference, ...] = ()
    """What its sources name."""
    skipped: tuple[Skipped, ...] = ()
    """Sources that were not looked at."""
    imported: tuple[Imported, ...] = ()
    """The modules that they import and that a release may have apart from its Python."""
    unknown: tuple[tuple[ReferenceKind, str], ...] = ()
    """What is opened or run by a name that is computed at run time: its kind, and the source."""


class _Shortest:
    """The shortest of some sources, as many as have so many bytes together; of the others the paths alone."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._kept: list[tuple[int, str, bytes]] = []
        self._left_out: list[tuple[int, str]] = []

    @property
    def size(self) -> int:
        """How many bytes the kept ones have together."""
        return sum(size for size, _, _ in self._kept)

    def add(self, path: str, text: bytes) -> None:
        """Add a source, and drop the longest while there are too many bytes."""
        insort(self._kept, (len(text), path, text))
        self._left -= len(text)
        while self._left < 0:
            size, longest, _ = self._kept.pop()
            self._left += size
            self._left_out.append((size, longest))

    def kept(self, most: int = _MAX_SOURCE) -> dict[str, bytes]:
        """Return those that are kept, the shortest first, up to so many bytes together."""
        ends = accumulate(size for size, _, _ in self._kept)
        return {path: text for (_, path, text), end in zip(self._kept, ends, strict=True) if end <= most}

    def left_out(self) -> list[str]:
        """Return the paths of the others, the shortest first."""
        return [path for _, path in sorted(self._left_out)]


def too_long(paths: Iterable[str], reason: str) -> Iterator[Skipped]:
    """Yield a note for each source that is not searched for its size, or for the work that it causes."""
    for path in paths:
        yield Skipped(path=path, verdict=Verdict.TOO_LONG, reason=reason)


class References:
    """The sources of one distribution."""

    def __init__(  # noqa: PLR0913 - one of each thing that answers
        self,
        root: Root,
        distribution: Distribution,
        package_of: Callable[[str], str],
        *,
        python: tuple[int, ...],
        is_installed: Callable[[str], bool],
        fork: bool = False,
    ) -> None:
        """`package_of` gives the binary package of a program that not every image has; nothing for other words.

        `python` is the version that runs the sources, and `is_installed` finds a module in its environment. With `fork`
        large sources are parsed in a process of their own.
        """
        self._fork = fork
        self._root = root
        self._base = distribution.base
        self._files = distribution.files
        self._metadata = distribution.metadata_path
        self._package_of = package_of
        self._python = python
        self._is_installed = is_installed
        self._importing: dict[str, bytes] = {}
        """Sources that may import modules which a release has apart."""
        self._skipped: list[Skipped] = []
        self._texts: dict[str, bytes] = {}
        self._left = _MOST_KEPT

    @cached_property
    def _paths(self) -> list[str]:
        prefix = len(self._base.rstrip("/")) + 1
        return [path for path in self._files if path[-3:] == ".py" and is_used(path[prefix:])]

    @property
    def _is_large(self) -> bool:
        return len(self._paths) > FEW_SOURCES

    def searched(self) -> Searched:
        """Search the sources."""
        gated = self._large() if self._is_large else self._small()
        found = self._named_by(gated) if gated else Searched()
        modules = self._imported() if self._importing else ()
        return found._replace(skipped=tuple(dict.fromkeys(self._skipped)), imported=modules)

    def _imported(self) -> tuple[Imported, ...]:
        """Return the modules that a release may have apart and that the sources import."""
        from pip_sysdeps.byname.module_imports import ModuleImports  # noqa: PLC0415 - with ast, a tenth of a small lock

        modules = ModuleImports(self._base, self._python, self._read_all, self._is_installed)
        return tuple(imported(self._importing, modules, self.about))

    def _large(self) -> dict[str, bytes]:
        """Return the sources of a large distribution that are parsed.

        They are searched for programs only if its title names one: no other would be sure.
        """
        opening, running = _Shortest(_MOST_OF_LARGE), _Shortest(_MOST_RUNNING)
        top = self._base.rstrip("/").count("/") + 2
        for path, text in self._read_all():
            if path.count("/") <= top and may_import(text):
                self._importing[path] = text
            if opens(text) or len(text) == _MAX_SOURCE:
                opening.add(path, text)
            elif quotes(text, self._titled) and any(map(self._counts, runs(text))):
                running.add(path, text)
        return self._kept(opening) | self._kept(running)

    def _small(self) -> dict[str, bytes]:
        """Return the sources of any other distribution that are parsed; what they run may stand in another one."""
        opening, running = _Shortest(_MOST_OPENING), _Shortest(_MOST_RUNNING)
        helping = _Shortest(_MOST_RUNNING)
        for path, text in self._read_all():
            if may_import(text):
                self._importing[path] = text
            if loads(text) or opens_files(text) or len(text) == _MAX_SOURCE:
                opening.add(path, text)
            elif is_runner(text):
                (running if self._names_program(text) else helping).add(path, text)
        most = _MOST_HELPERS
        if helping.size > most and any(quotes(text, self._titled) for _, text in self._read_all()):
            most = _MOST_RUNNING
        return self._kept(opening) | self._kept(running) | helping.kept(most)

    def _named_by(self, gated: Mapping[str, bytes]) -> Searched:
        """Return what sources name; nothing of those that cause too much work, which is noted."""
        from pip_sysdeps.byname.sources import Others, named_by  # noqa: PLC0415 - with ast, a tenth of a small lock
        from pip_sysdeps.system.bounded_worker import LostError, bounded  # noqa: PLC0415 - few distributions need it
        from pip_sysdeps.system.python_syntax import count_marks  # noqa: PLC0415 - the same

        def search() -> tuple[Named, list[Skipped]]:
            return named_by(gated, Others(self._calling, self._defining), self._base, self._python), self._skipped

        fork = self._fork and sum(map(count_marks, gated.values())) > _MARKS_TO_FORK
        before = list(self._skipped)
        try:
            found, self._skipped = bounded(search, fork=fork)
        except (StepLimitError, LostError):
            reason = "the sources of its distribution take too long to search for libraries and programs"
            self._skipped = [*before, *too_long(gated, reason)]
            return Searched()
        reason = "Python does not parse it"
        self._skipped += (Skipped(path=each, verdict=Verdict.MALFORMED, reason=reason) for each in found.broken)
        return Searched(found.references, unknown=found.unknown)

    def _kept(self, sources: _Shortest) -> dict[str, bytes]:
        """Return the sources that are searched; the others are noted."""
        reason = "too long to be searched for libraries and programs with the others of its distribution"
        self._skipped += too_long(sources.left_out(), reason)
        return sources.kept()

    @cached_property
    def _titled(self) -> frozenset[bytes]:
        """The programs that its title names."""
        return frozenset(word.encode() for word in self.about.title if self._package_of(word))

    @cached_property
    def about(self) -> About:
        """What the distribution says about itself."""
        return About(text=self._text(), sources=len(self._paths))

    def _text(self) -> str:
        """Return the description; nothing for one that may not be read, which its distribution's notes say."""
        places = [posixpath.join(self._metadata, name) for name in ("METADATA", "PKG-INFO", "")]
        try:
            found = next(filter(self._root.is_file, places), None)
            place = self._root.resolve(found) if found else None
        except PermissionError:
            return ""
        return self._read(place)[:_MAX_ABOUT].decode("utf-8", "replace") if place else ""

    def _counts(self, word: str) -> bool:
        """Return whether a word is a program that the distribution's description names, or the package of one."""
        package = self._package_of(word)
        return bool(package) and self.about.mentions(word, package)

    def _names_program(self, source: bytes) -> bool:
        """Return whether a source runs a program by its name, or has one of which the description speaks."""
        return any(map(self._counts, program_words(source))) or any(map(self._package_of, runs_directly(source)))

    def _calling(self, wanted: Wanted, known: Container[str]) -> Mapping[str, bytes]:
        """Return more sources, which have what those known want; in a large distribution none."""
        if self._is_large:
            return {}
        found, helping = _Shortest(_MOST_RUNNING), _Shortest(_MOST_HELPERS)
        for path, text in self._read_all():
            if path in known:
                continue
            is_named = wanted.is_named_in(text)
            if wanted.is_opened_in(text) or (is_named and any(map(self._is_name, program_words(text)))):
                found.add(path, text)
            elif is_named:
                helping.add(path, text)
        return self._kept(found) | helping.kept()

    def _is_name(self, word: str) -> bool:
        """Return whether a word is a program that not every image has, or may be a library."""
        return bool(self._package_of(word)) or ".so" in word

    def _defining(self, names: Mapping[str, frozenset[str]]) -> Mapping[str, bytes]:
        """Return the sources of modules by their full names, if they say what some of their variables are.

        In a large distribution none but those that are read already.
        """
        if self._is_large:
            return {}
        from pip_sysdeps.byname.module import module_name  # noqa: PLC0415 - as above

        found = _Shortest(_MOST_RUNNING)
        for path in self._paths:
            variables = names.get(module_name(path, self._base).removesuffix(".__init__"))
            if variables and defines(text := self._read(path), variables):
                found.add(path, text)
        return self._kept(found)

    def _read_all(self) -> Iterator[tuple[str, bytes]]:
        """Yield the sources; those of a small distribution are kept, as they may be asked for again."""
        for path in self._paths:
            text = self._texts.get(path)
            if text is None:
                text = self._read(path)
                self._left -= len(text)
                if not self._is_large and self._left > 0:
                    self._texts[path] = text
            if text:
                yield path, text

    def _read(self, path: str) -> bytes:
        """Read a source; one that cannot be read names nothing, and is noted."""
        try:
            return self._root.read_resolved(path, _MAX_SOURCE)
        except OSError as error:
            self._skipped.append(Skipped(path=path, verdict=Verdict.UNREADABLE, reason=str(error.strerror)))
            return b""
