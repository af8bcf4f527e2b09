"""Packages with plugins or data of a library, which an install line without weak dependencies omits."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.packages.plugin_folders import has_plugins

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pip_sysdeps.packages.index import SonameIndex
    from pip_sysdeps.packages.installed import SystemPackages

_DATA = "/usr/share/"
"""Where packages keep data. Source: FHS 4.11."""


def optional_packages(
    line: Collection[str], index: SonameIndex | None, installed: SystemPackages | None
) -> Mapping[str, tuple[str, ...]]:
    """Map packages of a line to the optional packages with plugins or data of their libraries.

    What a direct dependency recommends counts too: libldap finds the mechanisms of libsasl2 only in the latter's
    plugins. What it only suggests may be anything (a server for libjack), and dependencies further away are more often
    unused, as libldap is in a program that links libcurl.
    """
    skipped = {*line, *(installed.base if installed else ())}
    found = {
        name: (
            *plugin_packages(name, index, installed),
            *(_recommended_by_dependencies(name, index, installed, skipped) if installed else ()),
        )
        for name in sorted(line)
    }
    return {name: tuple(dict.fromkeys(plugins)) for name, plugins in found.items() if plugins}


def _recommended_by_dependencies(
    package: str, index: SonameIndex | None, installed: SystemPackages, skipped: Collection[str]
) -> Iterator[str]:
    """Yield the plugin packages that direct dependencies of an installed package recommend, without those skipped."""
    groups = installed.packages[package].requires if package in installed.packages else ()
    for name in (name for group in groups for name in group if name in installed.packages and name not in skipped):
        recommended = installed.database.recommends(name)
        yield from (each for each in plugin_packages(name, index, installed) if each in recommended)


def plugin_packages(package: str, index: SonameIndex | None, installed: SystemPackages | None) -> tuple[str, ...]:
    """Return the optional packages with plugins or data of a package's library.

    They come from the index of the release, and from the recommendations of the installed package.
    """
    known = index.plugins_of(package) if index else ()
    if installed is None or package not in installed.packages:
        return known
    recommended = [name for name in installed.database.recommends(package) if name in installed.packages]
    if not recommended:
        return known
    libraries = tuple(map(posixpath.basename, installed.database.files(package)))
    found = (name for name in recommended if has_plugins(libraries, _folders(installed.database.files(name))))
    return tuple(dict.fromkeys((*known, *found)))


def _folders(files: Sequence[str]) -> set[str]:
    """Return the names of the folders of shared objects, of those around them, and of those of data."""
    shared = {part for path in files if path.endswith(".so") for part in path.split("/")[:-1]}
    return shared | {
        path.split("/")[3] for path in files if path.startswith(_DATA) and path.count("/") > _DATA.count("/")
    }
