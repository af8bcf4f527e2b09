"""Plugins that are chosen by the project, or by the knowledge file for a toolkit that always loads them."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pip_sysdeps.model.plugins import PluginChoice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pip_sysdeps.model.environment import Distribution

DEFAULT = "default"
"""The word in `plugins` of pyproject.toml for those of the knowledge file."""


def plugin_choices(
    distribution: Distribution, requested: Iterable[str], known: Mapping[str, str], objects: Collection[str]
) -> Iterator[PluginChoice]:
    """Yield each choice of plugins for one distribution, with the matching objects.

    `requested` has the project's patterns and `DEFAULT`; `known` has the patterns of the knowledge file with reasons;
    `objects` has the loadable ELF files. A pattern of the knowledge file that matches nothing is for other releases of
    the distribution, and is dropped.
    """
    patterns = tuple(_patterns(requested, known))
    files_of = distribution.files if patterns else ()
    files_by_path = {posixpath.relpath(file, distribution.base): file for file in files_of if file in objects}
    for pattern, why in patterns:
        files = tuple(sorted(file for path, file in files_by_path.items() if fnmatchcase(path, pattern)))
        if files or not why:
            yield PluginChoice(distribution=distribution.name, pattern=pattern, why=why, files=files)


def _patterns(requested: Iterable[str], known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for each in dict.fromkeys(requested):
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
