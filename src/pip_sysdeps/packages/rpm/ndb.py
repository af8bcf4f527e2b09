"""rpm's own database format, `Packages.db` (openSUSE, SLE): slots that point to headers.

All numbers are little-endian. A file begins with a page-aligned table of 16-byte slots, the first two of which are the
file's header; a slot gives a package's number and the 16-byte blocks that hold it. Source: rpm's
`lib/backend/ndb/rpmpkg.c`.
"""

from __future__ import annotations

import zlib
from struct import Struct
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"RpmP"

_PAGE, _BLOCK = 4096, 16
_HEADER = Struct("<4sIIII")
"""Magic, version, generation, pages of slots, next package number."""
_SLOT = Struct("<4sIII")
"""Magic, package number, first block, count of blocks."""
_BLOB = Struct("<4sIII")
"""Magic, package number, generation, length of the data."""
_TAIL = Struct("<II4s")
"""Adler-32 of the blob's head, data and padding; length of the data; magic."""


def parse_ndb(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and header of each package, in the order of the slots.

    Raise MalformedError, with the offset, for slots and blobs that rpm refuses; a blob's checksum is compared.
    """
    pages = _slot_pages(content)
    free = len(content) // _BLOCK
    for place in range(2 * _SLOT.size, pages * _PAGE, _SLOT.size):
        magic, number, first, count = _SLOT.unpack_from(content, place)
        if magic != b"Slot":
            raise MalformedError("invalid slot", where=f"offset {place}")
        if not first:
            continue
        free -= count
        if not number or first < pages * _PAGE // _BLOCK or (first + count) * _BLOCK > len(content) or free < 0:
            raise MalformedError(f"a slot names {count} blocks from {first}", where=f"offset {place}")
        yield number, _blob(content, number, first * _BLOCK, (first + count) * _BLOCK)


def _slot_pages(content: bytes) -> int:
    if len(content) < _PAGE or not content.startswith(MAGIC):
        raise MalformedError("not an NDB database", where="offset 0")
    _, version, _, pages, _ = _HEADER.unpack_from(content)
    if version or not pages or pages * _PAGE > len(content):
        raise MalformedError(f"version {version} with {pages} pages of slots", where="offset 4")
    return int(pages)


def _blob(content: bytes, number: int, start: int, end: int) -> bytes:
    if end - start < _BLOB.size + _TAIL.size:
        raise MalformedError("a blob is too short", where=f"offset {start}")
    magic, stated_number, _, length = _BLOB.unpack_from(content, start)
    tail = end - _TAIL.size
    checksum, stated_length, end_magic = _TAIL.unpack_from(content, tail)
    if magic != b"BlbS" or stated_number != number or end_magic != b"BlbE" or stated_length != length:
        raise MalformedError(f"invalid blob of package {number}", where=f"offset {start}")
    data = start + _BLOB.size
    if data + length > tail or tail - data - length >= _BLOCK:
        raise MalformedError(f"a blob of {length} bytes does not fit its blocks", where=f"offset {start}")
    if zlib.adler32(content[start:tail]) != checksum:
        raise MalformedError(f"the checksum of package {number} is wrong", where=f"offset {tail}")
    return content[data : data + length]
