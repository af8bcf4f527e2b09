"""Read a file of a source distribution without unpacking it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    import tarfile

    from pip_sysdeps.system.root import Root

_MAX_UNPACKED = 1 << 26
"""Bytes that are unpacked in search of a file."""
_MAX_MEMBERS = 10_000


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Bounded:
    """A stream that raises an error after a number of bytes."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self._left = _MAX_UNPACKED

    def read(self, size: int) -> bytes:
        """Read on."""
        content = self._stream.read(min(size, self._left + 1))
        self._left -= len(content)
        if self._left < 0:
            raise MalformedError(f"unpacks to more than {_MAX_UNPACKED} bytes")
        return content


def read_from_sdist(root: Root, path: str, name: str, limit: int) -> bytes | None:
    """Return a file of the top folder of an sdist; None if it has none, or is another kind of archive.

    Raise OSError for an unreadable sdist, MalformedError for one that is broken or too large. Source:
    packaging.python.org, "Source distribution format".
    """
    if not path.endswith(".tar.gz"):
        return None
    import gzip  # noqa: PLC0415 - slow to import, and few distributions come from a local sdist
    import tarfile  # noqa: PLC0415 - the same
    import zlib  # noqa: PLC0415 - the same

    with os.fdopen(root.open(path), "rb") as packed, gzip.GzipFile(fileobj=packed) as unpacked:
        try:
            with tarfile.open(fileobj=_Bounded(unpacked), mode="r|") as archive:  # type: ignore[call-overload] # a stream
                return _find(archive, name, limit)
        except (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, ValueError, RecursionError) as error:
            raise MalformedError(f"is not an sdist: {error}") from error


def _find(archive: tarfile.TarFile, name: str, limit: int) -> bytes | None:
    for number, member in enumerate(archive):
        if number == _MAX_MEMBERS:
            raise MalformedError(f"more than {_MAX_MEMBERS} members before `{name}`")
        folder, _, own = member.name.partition("/")
        if folder and own == name and member.isfile():
            file = archive.extractfile(member)
            content = file.read(limit + 1) if file else b""
            if len(content) > limit:
                raise MalformedError(f"`{member.name}` is larger than {limit} bytes")
            return content
    return None
