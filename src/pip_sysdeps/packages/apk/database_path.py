"""Where apk's installed database is in a root. Source: apk-tools src/database.c."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

_PLACES = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")


def find_database(root: Root) -> str | None:
    """Return the path of a root's installed database; None if it has none."""
    return next((path for path in _PLACES if root.is_file(path)), None)
