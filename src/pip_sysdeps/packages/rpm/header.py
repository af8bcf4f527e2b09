"""One rpm header: a table of tagged values. A database has one for each installed package.

A header has two big-endian counts, a table of entries (tag, type, offset, count), and the data that the offsets point
into. In a database the magic number of a package file (8eade801) is left out. Source: rpm's `lib/header.cc` and
`docs/manual/format_header.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME, VERSION, RELEASE, EPOCH, SIZE, ARCH = 1000, 1001, 1002, 1003, 1009, 1022
FILESTATES, SOURCERPM, PROVIDENAME, REQUIRENAME, REQUIREVERSION = 1029, 1044, 1047, 1049, 1050
REQUIREFLAGS, PROVIDEFLAGS, PROVIDEVERSION = 1048, 1112, 1113
DIRINDEXES, BASENAMES, DIRNAMES = 1116, 1117, 1118
LONGSIZE, RECOMMENDNAME, SUPPLEMENTNAME = 5009, 5046, 5052
"""Tags. Source: rpm's `include/rpm/rpmtag.h`."""

TYPES: Mapping[int, int] = {
    NAME: 6,
    VERSION: 6,
    RELEASE: 6,
    EPOCH: 4,
    SIZE: 4,
    ARCH: 6,
    FILESTATES: 1,
    SOURCERPM: 6,
    PROVIDENAME: 8,
    REQUIREFLAGS: 4,
    REQUIRENAME: 8,
    REQUIREVERSION: 8,
    PROVIDEFLAGS: 4,
    PROVIDEVERSION: 8,
    DIRINDEXES: 4,
    BASENAMES: 8,
    DIRNAMES: 8,
    LONGSIZE: 5,
    RECOMMENDNAME: 8,
    SUPPLEMENTNAME: 8,
}
"""The type of each tag that is read: 1 CHAR, 4 INT32, 5 INT64, 6 STRING, 8 STRING_ARRAY."""

_MAX_ENTRIES = 0xFFFF
_MAX_DATA = 0x0FFFFFFF
_MAX_ARRAY = 0xFFFFF
"""Limits of `lib/header.cc`: HEADER_TAGS_MAX, HEADER_DATA_MAX, HEADER_ARRAY_MAX."""

_COUNTS = Struct(">II")
_ENTRY = Struct(">IIII")
_WIDTHS = {1: 1, 4: 4, 5: 8}
_CODES = {1: "B", 4: "I", 5: "Q"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The entries of one header whose tags are in `TYPES`; values are decoded on demand."""

    entries: Mapping[int, tuple[int, int]]
    """Offset into `data` and count of items, by tag."""
    data: bytes
    """The data that the offsets point into."""
    start: int
    """Offset of `data` in the header, for messages."""

    def text(self, tag: int) -> str:
        """Return a string; empty if the header lacks the tag."""
        if tag not in self.entries:
            return ""
        offset, _ = self.entries[tag]
        end = self.data.find(b"\0", offset)
        if end < 0:
            raise self._fault(offset, tag, "unterminated string")
        return _decode(self.data[offset:end])

    def texts(self, tag: int) -> tuple[str, ...]:
        """Return the strings of an array; empty if the header lacks the tag."""
        if tag not in self.entries:
            return ()
        offset, count = self.entries[tag]
        parts = self.data[offset:].split(b"\0", count)
        if len(parts) <= count:
            raise self._fault(offset, tag, f"an array of {count} strings has {len(parts) - 1}")
        return tuple(map(_decode, parts[:count]))

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Return the numbers of an array; empty if the header lacks the tag."""
        if tag not in self.entries:
            return ()
        offset, count = self.entries[tag]
        kind = TYPES[tag]
        end = offset + count * _WIDTHS[kind]
        if end > len(self.data):
            raise self._fault(offset, tag, f"an array of {count} numbers leaves the header")
        return Struct(f">{count}{_CODES[kind]}").unpack_from(self.data, offset)

    def number(self, tag: int) -> int | None:
        """Return the first number of an array; None if the header lacks the tag."""
        return next(iter(self.numbers(tag)), None)

    def _fault(self, offset: int, tag: int, message: str) -> MalformedError:
        return MalformedError(f"tag {tag}: {message}", where=f"offset {self.start + offset}")


def parse_header(content: bytes) -> Header:
    """Parse a header in a database's form, without magic number.

    Raise MalformedError, with the offset in the header, for counts, types and offsets that rpm refuses, and for values
    that overlap. If a tag appears twice the last entry counts: what rpm added at installation follows the signed
    region.
    """
    if len(content) < _COUNTS.size:
        raise MalformedError("too short for a header", where="offset 0")
    entries, size = _COUNTS.unpack_from(content)
    start = _COUNTS.size + entries * _ENTRY.size
    if not 0 < entries <= _MAX_ENTRIES or size > _MAX_DATA or start + size > len(content):
        raise MalformedError(f"{entries} entries and {size} bytes are not a header", where="offset 0")
    found: dict[int, tuple[int, int]] = {}
    for place, (tag, kind, offset, count) in enumerate(_ENTRY.iter_unpack(content[_COUNTS.size : start])):
        if tag in TYPES:
            if kind != TYPES[tag] or offset > size or not 0 < count <= min(size, _MAX_ARRAY):
                message = f"tag {tag} has type {kind}, offset {offset} and count {count}"
                raise MalformedError(message, where=f"offset {_COUNTS.size + place * _ENTRY.size}")
            found[tag] = (offset, count)
    if sum(count for _, count in found.values()) > size:  # each item has a byte at least
        raise MalformedError("the values of tags overlap", where=f"offset {start}")
    return Header(entries=found, data=content[start : start + size], start=start)


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")
