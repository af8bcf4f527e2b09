"""Chosen plugins: by the project, or by the knowledge file for a toolkit that always starts with them."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pip_sysdeps.model.plugins import PluginChoice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pip_sysdeps.model.environment import Distribution

DEFAULT = "default"
"""The word of `plugins` in pyproject.toml for those of the knowledge file."""


def choices(
    distribution: Distribution, wanted: Iterable[str], known: Mapping[str, str], objects: Collection[str]
) -> Iterator[PluginChoice]:
    """Yield each choice of plugins for one distribution, with the objects that it matches.

    `wanted` are the project's patterns and `DEFAULT`; `known` has the patterns of the knowledge file with reasons;
    `objects` are the loadable ELF files. A pattern of the knowledge file that matches nothing is dropped: it is for
    other releases of the distribution.
    """
    patterns = tuple(_patterns(wanted, known))
    files_of = distribution.files if patterns else ()
    own = {posixpath.relpath(file, distribution.base): file for file in files_of if file in objects}
    for pattern, why in patterns:
        files = tuple(sorted(file for path, file in own.items() if fnmatchcase(path, pattern)))
        if files or not why:
            yield PluginChoice(distribution=distribution.name, pattern=pattern, why=why, files=files)


def _patterns(wanted: Iterable[str], known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for each in dict.fromkeys(wanted):
        yield from known.items() if each == DEFAULT else [(each, "")]


def chosen_files(chosen: Iterable[PluginChoice]) -> Mapping[str, str]:
    """Return the first pattern that chose each file."""
    found: dict[str, str] = {}
    for each in chosen:
        for file in each.files:
            found.setdefault(file, each.pattern)
    return found


def unmatched_plugins(chosen: Iterable[PluginChoice]) -> Iterator[PluginChoice]:
    """Yield the choices that match no object."""
    return (each for each in chosen if not each.files)
