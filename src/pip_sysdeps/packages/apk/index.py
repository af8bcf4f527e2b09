"""The index of a repository, APKINDEX.tar.gz: its packages and what they provide.

Source: apk-v2(5): gzip streams, one for the signatures and one for the index, which together form one tar archive;
apk-cache(5) for where apk keeps them.
"""

from __future__ import annotations

import io
import tarfile
import zlib

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.apk.names import is_package_name
from pip_sysdeps.packages.apk.records import ApkPackage, parse_packages
from pip_sysdeps.packages.unpacked import unpacked_limit

MAX_INDEX = 512 << 20
"""Bytes of an unpacked index; Alpine's largest has 12 MB."""
_MEMBER = "APKINDEX"
_MOST_STREAMS = 100
"""Limit on gzip streams. An index has one for each signature, and one for its packages."""
_LONGEST_SHOWN = 60
_GZIP = 31
"""zlib's `wbits` for a gzip stream."""


def parse_index(content: bytes, limit: int = MAX_INDEX) -> tuple[ApkPackage, ...]:
    """Parse an APKINDEX.tar.gz.

    Raise MalformedError for another kind of archive, and for one that unpacks to more than `limit` bytes or to many
    times its length. It is also raised for a package with an invalid name, and as by `parse_packages`.
    """
    packages = parse_packages(_member(_unpack(content, unpacked_limit(len(content), limit))))
    virtual = next((each.name for each in packages if not is_package_name(each.name)), None)
    if virtual is not None:
        raise MalformedError(f"invalid package name: {virtual[:_LONGEST_SHOWN]!r}")
    return packages


def _unpack(content: bytes, limit: int) -> bytes:
    """Unpack every gzip stream of a file."""
    parts: list[bytes] = []
    left = limit
    while content:
        if len(parts) == _MOST_STREAMS:
            raise MalformedError(f"more than {_MOST_STREAMS} gzip streams")
        stream = zlib.decompressobj(_GZIP)
        try:
            parts.append(stream.decompress(content, left + 1))
        except zlib.error as error:
            raise MalformedError(f"not a gzip stream: {error}") from error
        left -= len(parts[-1])
        if left < 0:
            raise MalformedError(f"unpacks to more than {limit} bytes")
        if not stream.eof:
            raise MalformedError("the gzip stream is cut off")
        content = stream.unused_data
    return b"".join(parts)


def _member(archive: bytes) -> bytes:
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            member = next((each for each in tar if each.name == _MEMBER and each.isreg()), None)
            file = tar.extractfile(member) if member is not None else None
            content = b"" if file is None else file.read()
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise MalformedError(f"not a tar archive: {error}") from error
    if member is None or len(content) != member.size:
        raise MalformedError(f"the archive has no `{_MEMBER}`")
    return content
