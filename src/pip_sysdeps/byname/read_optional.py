"""Modules and libraries that their own distribution only tries to open: read from its sources, or known."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pip_sysdeps.byname.optional_modules import optional_modules
from pip_sysdeps.byname.parsed_sources import ParsedSources, Source, module_of
from pip_sysdeps.byname.source_filter import is_used

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.system.root import Root

_MAX_SOURCE = 1 << 20
"""A longer source is a table."""


class OptionalRoots:
    """Answers for the objects of one environment."""

    def __init__(
        self,
        root: Root,
        holders: Mapping[str, Distribution],
        *,
        is_extension: Callable[[str], bool],
        known: Callable[[Distribution], Collection[str]],
    ) -> None:
        """Answer for the files of `holders`, which has the distribution of each.

        `is_extension` returns whether a file is an extension module; `known` returns the patterns of the knowledge
        file for a distribution.
        """
        self._root = root
        self._holders = holders
        self._is_extension = is_extension
        self._known = known

    def among(self, roots: Iterable[str]) -> frozenset[str]:
        """Return those of some objects that are opened only where their distribution goes on without them."""
        by_holder: defaultdict[str, list[str]] = defaultdict(list)
        for path in roots:
            if path in self._holders:
                by_holder[self._holders[path].name].append(path)
        return frozenset(path for paths in by_holder.values() for path in self._of(self._holders[paths[0]], paths))

    def _of(self, distribution: Distribution, paths: Iterable[str]) -> Iterator[str]:
        patterns = self._known(distribution)
        rest = {path: _relative(path, distribution.base) for path in paths}
        known = {path for path, name in rest.items() if any(fnmatchcase(name, pattern) for pattern in patterns)}
        yield from known
        sources = ParsedSources(lambda: self._sources(distribution))
        modules = {path: module_of(rest[path]) for path in rest.keys() - known if self._is_extension(path)}
        found = optional_modules(frozenset(modules.values()), sources) if modules else frozenset()
        yield from (path for path, module in modules.items() if module in found)
        libraries = {path: posixpath.basename(path) for path in rest.keys() - known - modules.keys()}
        names = _optional_files(libraries.values(), sources) if libraries else frozenset()
        yield from (path for path, name in libraries.items() if name in names)

    def _sources(self, distribution: Distribution) -> Iterator[Source]:
        """Yield the sources, those of the top first: most modules are imported there."""
        paths = [file for file in distribution.files if file.endswith(".py")]
        relative = {path: _relative(path, distribution.base) for path in paths}
        for path in sorted(paths, key=lambda path: (path.count("/"), path)):
            if is_used(relative[path]):
                yield Source(relative[path], self._read(path))

    def _read(self, path: str) -> bytes:
        try:
            return self._root.read_resolved(path, _MAX_SOURCE)
        except OSError:
            return b""


def _optional_files(names: Iterable[str], sources: ParsedSources) -> frozenset[str]:
    from pip_sysdeps.byname.optional_files import optional_files  # noqa: PLC0415 - few distributions open libraries

    return optional_files(names, sources)


def _relative(path: str, base: str) -> str:
    """Return a path in its distribution; of a project with a folder `src`, without that."""
    return posixpath.relpath(path, base).removeprefix("src/")
