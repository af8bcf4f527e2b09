"""Read the rpm database of a root in any of its formats."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.database import native_architecture
from pip_sysdeps.packages.rpm.bdb import is_bdb, parse_bdb
from pip_sysdeps.packages.rpm.database import RpmDatabase
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
"""Limits in bytes. A desktop's database has a third of a gigabyte; the log is short, as each transaction writes it
back."""
_HINT = "it is damaged: run `rpm --rebuilddb`, or use another root"


def read_database(root: Root) -> RpmDatabase | None:
    """Return the installed packages of a root; None if it has no rpm database.

    Raise SysdepsError for a database that cannot be read, and MalformedError for one that breaks its format.
    """
    path = find_database(root)
    if path is None:
        return None
    with _with_location(path):
        if path == MANIFEST:
            return RpmDatabase(parse_manifest(_read(root, path, _MAX_DATABASE)), path=path)
        return RpmDatabase(_parse_headers(_headers(root, path), parse_package), path=path)


def read_architecture(root: Root) -> str:
    """Return the architecture of most packages of a root; empty without a database. Raise as `read_database`."""
    path = find_database(root)
    if path is None:
        return ""
    with _with_location(path):
        if path == MANIFEST:
            packages = parse_manifest(_read(root, path, _MAX_DATABASE))
            return native_architecture(each.architecture for each in packages)
        return native_architecture(
            _parse_headers(_headers(root, path), lambda content: parse_header(content).text(ARCH))
        )


def _headers(root: Root, path: str) -> Iterable[tuple[int, bytes]]:
    """Yield number and header of each package.

    The magic number of the file selects the parser; SQLite's is the last.
    """
    content = _read(root, path, _MAX_DATABASE)
    if is_bdb(content):
        return parse_bdb(content)
    if content.startswith(NDB_MAGIC):
        return parse_ndb(content)
    return parse_sqlite(content, _read(root, f"{path}-wal", _MAX_LOG) if root.is_file(f"{path}-wal") else b"")


def _parse_headers(headers: Iterable[tuple[int, bytes]], parse: Callable[[bytes], _T]) -> Iterator[_T]:
    for number, header in headers:
        with _with_location(f"package {number}"):
            found = parse(header)
        yield found


@contextmanager
def _with_location(place: str) -> Iterator[None]:
    try:
        yield
    except MalformedError as error:
        raise error.at(place, hint=_HINT) from error


def _read(root: Root, path: str, limit: int) -> bytes:
    return root.read_required(path, limit, "rpm's database")
