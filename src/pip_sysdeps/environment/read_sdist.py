"""Read a file of a source distribution without unpacking it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    import tarfile

    from pip_sysdeps.system.root import Root

_MAX_UNPACKED = 1 << 26
"""Limit on the bytes that are unpacked of one sdist."""
_MAX_UNPACKED_OF_ALL = 1 << 28
"""Limit on the bytes that are unpacked of all sdists of an environment."""
_MAX_MEMBERS = 10_000
_MAX_HEADERS = 8 << 20
"""Limit on the header bytes of all sdists of an environment: 5,000 members, each with a pax header."""
_MAX_HEADER = 1 << 14
"""Limit on the header bytes of one member; tarfile reads and parses each header as a whole."""
_SKIP_SIZE = 1 << 16


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class SdistBudget:
    """The remaining budget for the sdists of one environment."""

    def __init__(self) -> None:
        self.unpacked = _MAX_UNPACKED_OF_ALL
        """Bytes that may be unpacked."""
        self.headers = _MAX_HEADERS
        """Bytes of headers that may be parsed."""


class _ForwardReader:
    """A file that is only read forwards, up to a limit. `read` is for headers, `take` for content."""

    def __init__(self, stream: _Stream, budget: SdistBudget) -> None:
        self._stream = stream
        self._budget = budget
        self._at = 0
        self._header = 0

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, position: int) -> None:
        """Skip to a position. Raise MalformedError for an earlier one."""
        if position < self._at:
            raise MalformedError("is not an sdist: a member begins before the end of another")
        while self._at < position and self.take(min(position - self._at, _SKIP_SIZE)):
            pass

    def read(self, size: int) -> bytes:
        """Read a part of a header. Raise MalformedError for too many bytes of headers."""
        if size < 0:
            raise MalformedError("is not an sdist: a header has a negative size")
        self._header += size
        self._budget.headers -= size
        if self._header > _MAX_HEADER or self._budget.headers < 0:
            raise MalformedError(f"more than {_MAX_HEADER} bytes of headers of one member, or {_MAX_HEADERS} of all")
        return self.take(size)

    def take(self, size: int) -> bytes:
        """Read content. Raise MalformedError if too much is unpacked."""
        content = self._stream.read(size)
        self._at += len(content)
        self._budget.unpacked -= len(content)
        if self._at > _MAX_UNPACKED or self._budget.unpacked < 0:
            raise MalformedError(f"unpacks to more than {_MAX_UNPACKED} bytes, or all sdists to {_MAX_UNPACKED_OF_ALL}")
        return content

    def start_member(self) -> None:
        """Start to count the headers of another member."""
        self._header = 0


def read_from_sdist(root: Root, path: str, name: str, limit: int, budget: SdistBudget) -> bytes | None:
    """Return a file in the top folder of an sdist; None if it does not exist, or for another kind of archive.

    `budget` is for the whole environment. Raise OSError for an unreadable sdist, MalformedError for one that is broken
    or too large. Source: packaging.python.org, "Source distribution format".
    """
    if not path.endswith(".tar.gz"):
        return None
    import gzip  # noqa: PLC0415 - slow to import, and few distributions come from a local sdist
    import tarfile  # noqa: PLC0415 - the same
    import zlib  # noqa: PLC0415 - the same

    with os.fdopen(root.open(path), "rb") as packed, gzip.GzipFile(fileobj=packed) as unpacked:
        try:
            stream = _ForwardReader(unpacked, budget)
            with tarfile.TarFile(fileobj=stream) as archive:  # type: ignore[arg-type] # all that a reader needs
                return _find(archive, stream, name, limit)
        except (
            tarfile.TarError,
            zlib.error,
            gzip.BadGzipFile,
            EOFError,
            ValueError,
            OverflowError,
            RecursionError,
        ) as error:
            raise MalformedError(f"is not an sdist: {error}") from error


def _find(archive: tarfile.TarFile, stream: _ForwardReader, name: str, limit: int) -> bytes | None:
    for number, member in enumerate(archive):
        stream.start_member()
        if number == _MAX_MEMBERS:
            raise MalformedError(f"more than {_MAX_MEMBERS} members before `{name}`")
        folder, _, file_name = member.name.partition("/")
        if folder and file_name == name and member.isreg() and not member.issparse():
            if member.size > limit:
                raise MalformedError(f"`{member.name}` is larger than {limit} bytes")
            stream.seek(member.offset_data)
            content = stream.take(member.size)
            if len(content) < member.size:
                raise MalformedError(f"ends within `{member.name}`")
            return content
    return None
