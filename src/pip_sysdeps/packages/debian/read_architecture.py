"""Read the native architecture of a root from dpkg's status."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.packages.debian.database_path import STATUS, find_database

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

MAX_STATUS = 256 << 20
"""Bytes of a file of the database."""
_DPKG = re.compile(rb"^Package: dpkg$", re.MULTILINE)
_ARCHITECTURE = re.compile(rb"^Architecture: *([a-z0-9-]+)", re.MULTILINE)


def read_architecture(root: Root) -> str:
    """Return the architecture of a root's dpkg from its own entry; empty without a database.

    This is faster than `read_database`, which is used if dpkg itself is not a package. Raise the same errors.
    """
    path = find_database(root)
    if path is None:
        return ""
    dpkg_architecture = _own_architecture(root.read(path, MAX_STATUS)) if path == STATUS else ""
    if dpkg_architecture:
        return dpkg_architecture
    from pip_sysdeps.packages.debian.database import read_database  # noqa: PLC0415 - for a root without dpkg itself

    database = read_database(root)
    return database.architecture if database else ""


def _own_architecture(status: bytes) -> str:
    """Return the architecture in the stanza of dpkg; linear in the size of the file."""
    found = _DPKG.search(status)
    while found:
        end = status.find(b"\n\n", found.end())
        end = end if end >= 0 else len(status)
        if match := _ARCHITECTURE.search(status, found.end(), end):
            return match[1].decode("ascii")
        found = _DPKG.search(status, end)
    return ""
