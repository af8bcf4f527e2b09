"""Detect search paths with folders that everybody can write to."""

from __future__ import annotations

import posixpath
import stat
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.system.missing_names import MissingNames

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.system.root import Root

_MAX_PATH = 4096
"""PATH_MAX: longer paths cannot be opened."""


def writable_folders(root: Root, elements: Iterable[str], origin: str) -> tuple[str, ...]:
    """Return the folders of a search path that everybody can write to or create.

    A missing folder can be created if its nearest existing parent is writable. `origin` is the folder of the
    object.
    """
    folders = _Folders(root)
    return tuple(path for path in _paths(elements, origin) if folders.is_writable(path))


def _paths(elements: Iterable[str], origin: str) -> Iterator[str]:
    """Yield the absolute paths of the elements that can be opened, each element once."""
    for element in dict.fromkeys(elements):
        if len(element) < _MAX_PATH:
            path = element.replace("${ORIGIN}", origin).replace("$ORIGIN", origin)
            if path.startswith("/") and len(path) < _MAX_PATH:
                yield posixpath.normpath(path)


class _Folders:
    """The folders of a root. The status of each is read once, and a folder that lacks many names is listed once."""

    def __init__(self, root: Root) -> None:
        self._status = cache(root.status)
        self._missing = MissingNames(root)

    def is_writable(self, path: str) -> bool:
        """Return whether everybody may write to a folder, or to its nearest existing parent."""
        place, last = "", self._status("/")
        try:
            for name in path.strip("/").split("/"):
                if self._missing.has(place, name):
                    break
                place = f"{place}/{name}"
                found = self._status(place)
                if found is None:
                    self._missing.count(place.rpartition("/")[0])
                    break
                last = found
        except PermissionError:  # a parent is closed to us, so not everybody can write to it
            return False
        return last is not None and stat.S_ISDIR(last.st_mode) and bool(last.st_mode & stat.S_IWOTH)
