"""Read the rpm database of a root in any of its formats."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from pip_sysdeps.errors import MalformedError, unreadable
from pip_sysdeps.packages.rpm.bdb import is_bdb, parse_bdb
from pip_sysdeps.packages.rpm.database import RpmDatabase, native_architecture
from pip_sysdeps.packages.rpm.database_path import MANIFEST, find_database
from pip_sysdeps.packages.rpm.header import ARCH, parse_header
from pip_sysdeps.packages.rpm.manifest import parse_manifest
from pip_sysdeps.packages.rpm.ndb import MAGIC as NDB_MAGIC
from pip_sysdeps.packages.rpm.ndb import parse_ndb
from pip_sysdeps.packages.rpm.package import parse_package
from pip_sysdeps.packages.rpm.sqlite import parse_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pip_sysdeps.system.root import Root

_T = TypeVar("_T")

_MAX_DATABASE = 1 << 30
_MAX_LOG = 128 << 20
"""Bytes. A desktop's database has a third of a gigabyte; a log is written back at every end of a transaction."""
_HINT = "it is damaged: run `rpm --rebuilddb`, or use another root"


def read_database(root: Root) -> RpmDatabase | None:
    """Read the installed packages of a root; None if it has no rpm database.

    Raise SysdepsError for a database that cannot be read, and MalformedError for one that breaks its format.
    """
    path = find_database(root)
    if path is None:
        return None
    with _explained(path):
        if path == MANIFEST:
            return RpmDatabase(parse_manifest(_read(root, path, _MAX_DATABASE)), path=path)
        return RpmDatabase(_each(_headers(root, path), parse_package), path=path)


def read_architecture(root: Root) -> str:
    """Return the architecture of most packages of a root, as the database has it; empty without one. Raise as above."""
    path = find_database(root)
    if path is None:
        return ""
    with _explained(path):
        if path == MANIFEST:
            packages = parse_manifest(_read(root, path, _MAX_DATABASE))
            return native_architecture(each.architecture for each in packages)
        return native_architecture(_each(_headers(root, path), lambda content: parse_header(content).text(ARCH)))


def _headers(root: Root, path: str) -> Iterable[tuple[int, bytes]]:
    """Select the reader by the content, as each format except SQLite's has its own magic number."""
    content = _read(root, path, _MAX_DATABASE)
    if is_bdb(content):
        return parse_bdb(content)
    if content.startswith(NDB_MAGIC):
        return parse_ndb(content)
    return parse_sqlite(content, _read(root, f"{path}-wal", _MAX_LOG) if root.is_file(f"{path}-wal") else b"")


def _each(headers: Iterable[tuple[int, bytes]], parse: Callable[[bytes], _T]) -> Iterator[_T]:
    for number, header in headers:
        with _explained(f"package {number}"):
            found = parse(header)
        yield found


@contextmanager
def _explained(place: str) -> Iterator[None]:
    try:
        yield
    except MalformedError as error:
        raise error.at(place, hint=_HINT) from error


def _read(root: Root, path: str, limit: int) -> bytes:
    try:
        return root.read(path, limit)
    except OSError as error:
        raise unreadable(f"rpm's database `{path}`", error) from error
