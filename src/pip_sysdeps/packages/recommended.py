"""Packages that hold the plugins of a library, which an install line without weak dependencies leaves out."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.packages.plugin_folders import has_plugins

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.packages.index import SonameIndex
    from pip_sysdeps.packages.installed import SystemPackages


def plugin_packages(package: str, index: SonameIndex | None, installed: SystemPackages | None) -> tuple[str, ...]:
    """Return the packages that a library's package recommends and that have plugins of that library.

    The index of the release knows them all; without one, those that are installed.
    """
    if index is not None:
        return index.plugins_of(package)
    if installed is None or package not in installed.packages:
        return ()
    libraries = tuple(map(posixpath.basename, installed.database.files(package)))
    recommended = (name for name in installed.database.recommends(package) if name in installed.packages)
    return tuple(name for name in recommended if has_plugins(libraries, _folders(installed.database.files(name))))


def _folders(files: Iterable[str]) -> set[str]:
    """Return the names of the folders of shared objects, and of those around them."""
    return {part for path in files if path.endswith(".so") for part in path.split("/")[:-1]}
