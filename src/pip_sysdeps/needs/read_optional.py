"""Find objects that their distribution only tries to open, from its sources and the knowledge file."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pip_sysdeps.needs.optional_modules import optional_modules
from pip_sysdeps.sources.parsed_sources import ParsedSources
from pip_sysdeps.sources.read_sources import Sources
from pip_sysdeps.sources.source import module_of, relative

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.system.root import Root


class OptionalRoots:
    """The optional objects of one environment."""

    def __init__(
        self,
        root: Root,
        holders: Mapping[str, Distribution],
        *,
        is_extension: Callable[[str], bool],
        known: Callable[[Distribution], Collection[str]],
    ) -> None:
        """`holders` has the distribution of each file.

        `is_extension` returns whether a file is an extension module; `known` returns the knowledge file's patterns for
        a distribution.
        """
        self._root = root
        self._holders = holders
        self._is_extension = is_extension
        self._known = known

    def among(self, roots: Iterable[str]) -> frozenset[str]:
        """Return the objects that are opened only where their distribution continues without them."""
        by_holder: defaultdict[str, list[str]] = defaultdict(list)
        for path in roots:
            if path in self._holders:
                by_holder[self._holders[path].name].append(path)
        return frozenset(path for paths in by_holder.values() for path in self._of(self._holders[paths[0]], paths))

    def _of(self, distribution: Distribution, paths: Iterable[str]) -> Iterator[str]:
        patterns = self._known(distribution)
        rest = {path: relative(path, distribution.base) for path in paths}
        known = {path for path, name in rest.items() if any(fnmatchcase(name, pattern) for pattern in patterns)}
        yield from known
        sources = ParsedSources(Sources(self._root, distribution.base, distribution.files))
        modules = {path: module_of(rest[path]) for path in rest.keys() - known if self._is_extension(path)}
        found = optional_modules(frozenset(modules.values()), sources) if modules else frozenset()
        yield from (path for path, module in modules.items() if module in found)
        libraries = {path: posixpath.basename(path) for path in rest.keys() - known - modules.keys()}
        names = _optional_files(libraries.values(), sources) if libraries else frozenset()
        yield from (path for path, name in libraries.items() if name in names)


def _optional_files(names: Iterable[str], sources: ParsedSources) -> frozenset[str]:
    from pip_sysdeps.needs.optional_files import optional_files  # noqa: PLC0415 - few distributions open libraries

    return optional_files(names, sources)
