"""Reads the rpm database of a root, whichever form it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.rpm.bdb import is_bdb, parse_bdb
from pip_sysdeps.packages.rpm.database import RpmDatabase
from pip_sysdeps.packages.rpm.manifest import parse_manifest
from pip_sysdeps.packages.rpm.ndb import MAGIC as NDB_MAGIC
from pip_sysdeps.packages.rpm.ndb import parse_ndb
from pip_sysdeps.packages.rpm.package import parse_package
from pip_sysdeps.packages.rpm.sqlite import parse_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.system.root import Root
    from pip_sysdeps.packages.rpm.package import RpmPackage

FOLDERS = ("/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm")
"""Where distributions keep the database; newer places first, as `/var/lib/rpm` may be a link to one."""
FILES = ("rpmdb.sqlite", "Packages.db", "Packages")
"""The database of each form: SQLite, NDB, Berkeley DB."""
MANIFEST = "/var/lib/rpmmanifest/container-manifest-2"

_MAX_DATABASE = 1 << 30
_MAX_LOG = 128 << 20
"""Bytes. A desktop's database has a third of a gigabyte; a log is written back at every end of a transaction."""
_HINT = "rpm itself cannot read it either: run `rpm --rebuilddb`, or take another root"


def read_database(root: Root) -> RpmDatabase | None:
    """Read the installed packages of a root; None if it has no rpm database.

    Raise SysdepsError for a database that cannot be read, and MalformedError for one that breaks its format.
    """
    path = find_database(root)
    if path is None:
        return None
    content = _read(root, path, _MAX_DATABASE)
    try:
        if path == MANIFEST:
            return RpmDatabase(parse_manifest(content), path=path)
        log = _read(root, f"{path}-wal", _MAX_LOG) if root.is_file(f"{path}-wal") else b""
        headers = _headers(content, log)
        return RpmDatabase((_package(number, header) for number, header in headers), path=path)
    except MalformedError as error:
        raise error.at(path, hint=_HINT) from error


def find_database(root: Root) -> str | None:
    """Return the path of a root's rpm database or manifest, None if it has neither."""
    places = (*(f"{folder}/{name}" for folder in FOLDERS for name in FILES), MANIFEST)
    return next((path for path in places if root.is_file(path)), None)


def _headers(content: bytes, log: bytes) -> Iterable[tuple[int, bytes]]:
    """Choose the reader by the content, as each format but SQLite's has its own magic number."""
    if is_bdb(content):
        return parse_bdb(content)
    return parse_ndb(content) if content.startswith(NDB_MAGIC) else parse_sqlite(content, log)


def _package(number: int, header: bytes) -> RpmPackage:
    try:
        return parse_package(header)
    except MalformedError as error:
        raise error.at(f"package {number}") from error


def _read(root: Root, path: str, limit: int) -> bytes:
    try:
        return root.read(path, limit)
    except OSError as error:
        hint = "make it readable, or run as root"
        raise SysdepsError(f"cannot read rpm's database `{path}`: {error.strerror}", hint=hint) from error
