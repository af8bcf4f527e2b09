"""The conductor of what is needed by name: references of each distribution, from all who know, become its needs."""

from __future__ import annotations

import fnmatch
import posixpath
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.host.references import References
from pip_sysdeps.indexing import PROGRAM_FOLDERS
from pip_sysdeps.naming.provision import Release, needs, package_of_program
from pip_sysdeps.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.attribution import Surroundings
    from pip_sysdeps.host.index import SonameIndex
    from pip_sysdeps.host.root import Root
    from pip_sysdeps.model import DistributionNeeds, Environment

_MOST_FOLDERS = 200


class Named:
    """Adds to the needs of distributions what they need by name."""

    def __init__(  # noqa: PLR0913 - one of each thing that answers
        self,
        root: Root,
        environment: Environment,
        *,
        around: Surroundings,
        index: SonameIndex | None,
        base: frozenset[str],
        library: Callable[[str], str | None],
        folders: tuple[str, ...],
    ) -> None:
        """`library` says where the loader finds a file name; `folders` are its default directories."""
        self._root = root
        names = frozenset(posixpath.basename(file) for each in environment.distributions for file in each.files)
        scripts = frozenset(name for name in root.names(posixpath.join(environment.prefix, "bin")))
        own = scripts if environment.prefix != environment.interpreter.prefix else frozenset()
        self._package_of = cache(lambda word: package_of_program(word, self._release))
        self._release = Release(
            library=cache(library),
            stem=lambda stem: _newest(root, folders, stem),
            program=cache(self._program),
            file=cache(self._file),
            owner=around.owner,
            host_library=around.host_library,
            brought=(names | own).__contains__,
            index=index,
            nowhere=around.nowhere,
            folded=around.libc,
            base=base,
        )

    def with_needs(self, distribution: DistributionNeeds) -> DistributionNeeds:
        """Return the distribution with the needs that no DT_NEEDED states; those that one states are there already."""
        references = References(self._root, distribution.distribution, self._package_of)
        found = references.found()
        if not found:
            return distribution
        stated = {need.soname for need in distribution.needs if need.soname}
        named = [
            need
            for need in needs(found, self._release, references.about)
            if stated.isdisjoint((need.soname, *need.any_of))
        ]
        every = sorted((*distribution.needs, *named), key=lambda need: (need.name, need.by, need.when.value))
        skipped = (*distribution.skipped, *references.skipped)
        return replace(distribution, needs=tuple(every), skipped=skipped)

    def _program(self, name: str) -> str | None:
        paths = (f"/{folder}/{name}" for folder in PROGRAM_FOLDERS)
        return next((path for path in paths if self._root.is_file(path)), None)

    def _file(self, pattern: str) -> str | None:
        """Return the first file of a pattern, in which `*` stands for one folder or a part of a name."""
        places = [""]
        for part in pattern.strip("/").split("/"):
            found = [
                f"{place}/{name}"
                for place in places
                for name in (fnmatch.filter(self._root.names(place or "/"), part) if "*" in part else [part])
            ]
            places = found[:_MOST_FOLDERS]
        return next((place for place in places if self._root.is_file(place)), None)


def _newest(root: Root, folders: tuple[str, ...], stem: str) -> str | None:
    """Return the file name of the newest library of a stem, as ldconfig(8) lists it first."""
    start = f"lib{stem}.so."
    names = {name for folder in folders for name in root.names(folder) if name.startswith(start)}
    major = [name for name in names if name.removeprefix(start).isdigit()]
    return max(major, key=lambda name: int(name.removeprefix(start)[:9]), default=None)
