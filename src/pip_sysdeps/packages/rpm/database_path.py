"""Where the rpm database is in a root."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

FOLDERS = ("/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm")
"""Where distributions keep the database; newer places first, as `/var/lib/rpm` may be a link to one."""
FILES = ("rpmdb.sqlite", "Packages.db", "Packages")
"""The database of each format: SQLite, NDB, Berkeley DB."""
MANIFEST = "/var/lib/rpmmanifest/container-manifest-2"


def find_database(root: Root) -> str | None:
    """Return the path of a root's rpm database or manifest, None if it has neither."""
    places = (*(f"{folder}/{name}" for folder in FOLDERS for name in FILES), MANIFEST)
    return next((path for path in places if root.is_file(path)), None)
