"""Read a Berkeley DB hash table: rpm's `Packages` (RHEL 7 and 8, Amazon Linux 2).

A hash database has a bucket of pages for each hash value; on a page, keys and values alternate. A value that does not
fit is in a chain of overflow pages. Source: Berkeley DB's `src/dbinc/db_page.h`; rpm's own reader,
`lib/backend/bdb_ro.cc`.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = 0x061561
_KEY_DATA, _OFF_PAGE = 1, 3
"""Kinds of an item: on the page, or on overflow pages (db_page.h, HKEYDATA and HOFFPAGE)."""
_HASH_PAGES = frozenset({2, 13})
"""P_HASH_UNSORTED and P_HASH."""
_OVERFLOW_PAGE = 7
_HEAD = 26
"""Bytes of a page's header."""


class _Database(NamedTuple):
    """A hash database, and the numbers of the pages that were read."""

    content: bytes
    order: str
    """The byte order, as `struct` writes it."""
    page_size: int
    used: set[int]

    def page(self, number: int, kinds: frozenset[int]) -> bytes:
        """Return a page of one of these types; raise MalformedError for another and for one that was read before."""
        place = number * self.page_size
        page = self.content[place : place + self.page_size]
        if len(page) < self.page_size or number in self.used:
            reason = "is used twice" if number in self.used else "is missing"
            raise MalformedError(f"page {number} {reason}", where=f"offset {place}")
        self.used.add(number)
        stated_number = self.numbers("8xI", page)[0]
        if page[25] not in kinds or stated_number != number:
            raise MalformedError(
                f"page {stated_number} of type {page[25]} has another number or type than expected",
                where=f"offset {place}",
            )
        return page

    def numbers(self, form: str, content: bytes, place: int = 0) -> tuple[int, ...]:
        """Unpack numbers in the database's byte order."""
        return Struct(self.order + form).unpack_from(content, place)


def is_bdb(content: bytes) -> bool:
    """Return whether a file begins like a hash database of either byte order."""
    return content[12:16] in {_MAGIC.to_bytes(4, "little"), _MAGIC.to_bytes(4, "big")}


def parse_bdb(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and header of each package, bucket by bucket.

    Raise MalformedError, with the offset, for pages and items that break the format. Each page is used at most once,
    so that time and memory are bounded by the size of the file.
    """
    if len(content) < 512 or not is_bdb(content):
        raise MalformedError("not a Berkeley DB hash database", where="offset 0")
    order = "<" if content[12:16] == _MAGIC.to_bytes(4, "little") else ">"
    size = Struct(f"{order}20xI").unpack_from(content)[0]
    if size not in {1 << shift for shift in range(9, 17)}:
        raise MalformedError(f"pages of {size} bytes", where="offset 20")
    database = _Database(content=content, order=order, page_size=size, used={0})
    for page in _pages(database):
        yield from _packages(database, page)


def _pages(database: _Database) -> Iterator[bytes]:
    """Yield each page of each bucket; the first page is that of BUCKET_TO_PAGE in `src/dbinc/hash.h`."""
    last = database.numbers("72xI", database.content)[0]
    spares = database.numbers("96x32I", database.content)
    if last >= len(database.content) // database.page_size:
        raise MalformedError(f"{last + 1} buckets", where="offset 72")
    for bucket in range(last + 1):
        number = bucket + spares[bucket.bit_length()]
        while number:
            page = database.page(number, _HASH_PAGES)
            yield page
            number = database.numbers("16xI", page)[0]


def _packages(database: _Database, page: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the pairs of a page, except key 0, which has the next package's number instead of a header."""
    number, count = database.numbers("8xI8xH", page)
    where = f"offset {number * database.page_size}"
    if count % 2 or _HEAD + 2 * count > len(page):
        raise MalformedError(f"page {number} has {count} items", where=where)
    places = database.numbers(f"{_HEAD}x{count}H", page)
    ends = (len(page), *places)
    if any(not _HEAD + 2 * count <= place < end for place, end in zip(places, ends, strict=False)):
        raise MalformedError(f"the items of page {number} overlap", where=where)
    items = [page[place:end] for place, end in zip(places, ends, strict=False)]
    for key, value in zip(items[::2], items[1::2], strict=True):
        if key[0] != _KEY_DATA or len(key) != 5:
            raise MalformedError(f"a key of page {number} is not a number", where=where)
        package = database.numbers("xI", key)[0]
        if package:
            yield package, _value(database, value, where)


def _value(database: _Database, item: bytes, where: str) -> bytes:
    if item[0] == _KEY_DATA:
        return item[1:]
    if item[0] != _OFF_PAGE or len(item) != 12:
        raise MalformedError(f"an item of kind {item[0]}", where=where)
    number, size = database.numbers("4xII", item)
    parts: list[bytes] = []
    while size > 0:
        page = database.page(number, frozenset({_OVERFLOW_PAGE}))
        number, length = database.numbers("16x I2x H", page)
        part = page[_HEAD : _HEAD + length]
        if not part or len(part) > size:
            raise MalformedError(f"{len(part)} bytes instead of {size}", where=where)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
