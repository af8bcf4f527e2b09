"""Search paths with folders that everybody can write to."""

from __future__ import annotations

import posixpath
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.system.root import Root


def writable_folders(root: Root, elements: Iterable[str], origin: str) -> tuple[str, ...]:
    """Return the folders of a search path that anybody can write to, or create.

    A missing folder can be created by whoever may write to its nearest existing parent. `origin` is the folder of the
    object.
    """
    paths = [element.replace("${ORIGIN}", origin).replace("$ORIGIN", origin) for element in elements]
    return tuple(posixpath.normpath(path) for path in paths if path.startswith("/") and _is_open(root, path))


def _is_open(root: Root, path: str) -> bool:
    place = posixpath.normpath(path)
    try:
        while (status := root.status(place)) is None and place != "/":
            place = posixpath.dirname(place)
    except PermissionError:  # a folder above it is closed to us, and so not open to everybody
        return False
    return status is not None and stat.S_ISDIR(status.st_mode) and bool(status.st_mode & stat.S_IWOTH)
