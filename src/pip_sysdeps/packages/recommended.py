"""Packages with plugins or data of a library, which an install line without weak dependencies omits."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.packages.plugin_folders import has_plugins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pip_sysdeps.packages.index import SonameIndex
    from pip_sysdeps.packages.installed import SystemPackages

_DATA = "/usr/share/"
"""Where packages keep data. Source: FHS 4.11."""


def plugin_packages(package: str, index: SonameIndex | None, installed: SystemPackages | None) -> tuple[str, ...]:
    """Return the optional packages with plugins or data of a package's library.

    They come from the index of the release, and from the recommendations of the installed package.
    """
    known = index.plugins_of(package) if index else ()
    if installed is None or package not in installed.packages:
        return known
    libraries = tuple(map(posixpath.basename, installed.database.files(package)))
    recommended = (name for name in installed.database.recommends(package) if name in installed.packages)
    found = (name for name in recommended if has_plugins(libraries, _folders(installed.database.files(name))))
    return tuple(dict.fromkeys((*known, *found)))


def _folders(files: Sequence[str]) -> set[str]:
    """Return the names of the folders of shared objects, of those around them, and of those of data."""
    shared = {part for path in files if path.endswith(".so") for part in path.split("/")[:-1]}
    return shared | {
        path.split("/")[3] for path in files if path.startswith(_DATA) and path.count("/") > _DATA.count("/")
    }
