"""One table of an SQLite database, read from its bytes: rpm's `rpmdb.sqlite` (Fedora, RHEL 9, Amazon Linux 2023).

The module `sqlite3` is not used: the database may be hostile, Python may lack the module, and SQLite opens files by
names that may lead out of the root. This module reads the few structures that a full scan of a table needs. Each page
is used at most once, and its cells must not overlap, so that time and memory are bounded by the size of the file.
Source: www.sqlite.org/fileformat2.html, by section below.
"""

from __future__ import annotations

from struct import Struct
from struct import error as struct_error
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAGIC = b"SQLite format 3\0"

_TABLE = b"Packages"
_INTERIOR, _LEAF = 0x05, 0x0D
"""Types of a b-tree page of a table (1.6)."""
_PAGE_NUMBER = Struct(">I")
_SHORT = Struct(">H")
_WAL_HEADER = Struct(">IIIIIIII")
"""Magic, version, page size, checkpoint number, two salts, two checksums (4.1)."""
_FRAME = Struct(">IIIIII")
"""Page number, pages after a commit or 0, two salts, two checksums (4.1)."""
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
"""Bytes of a column by its serial type up to 9 (2.1)."""


class _Database(NamedTuple):
    """The pages of a database after its last commit."""

    content: bytes
    page_size: int
    usable: int
    """Bytes of a page without the reserved ones at the end."""
    log_offsets: Mapping[int, int]
    """Offset in the write-ahead log of each page that has a newer version there."""
    log: bytes
    used: set[int]
    """The pages that were read."""

    def page(self, number: int) -> bytes:
        """Return a page. Raise MalformedError for one that is missing or was read before."""
        place = (number - 1) * self.page_size
        if number in self.used:
            raise MalformedError(f"page {number} is used twice", where=f"offset {place}")
        self.used.add(number)
        source, place = (self.log, self.log_offsets[number]) if number in self.log_offsets else (self.content, place)
        if number < 1 or place + self.page_size > len(source):
            raise MalformedError(f"page {number} is missing", where=f"offset {place}")
        return source[place : place + self.page_size]


def parse_sqlite(content: bytes, log: bytes = b"") -> Iterator[tuple[int, bytes]]:
    """Yield number and header of each package, from the table `Packages (hnum INTEGER PRIMARY KEY, blob BLOB)`.

    `log` is the content of the write-ahead log (`-wal`); its committed pages count. Raise MalformedError,
    with the offset in the database, for bytes that break the format.
    """
    database = _open(content, log)
    for number, record in _rows(database, _root_page(database)):
        columns = _columns(record)
        if len(columns) < 2 or columns[1] is None:
            raise MalformedError(f"row {number} of the table has no header", where="offset 0")
        yield number, columns[1]


def _open(content: bytes, log: bytes) -> _Database:
    """Read the database header (1.3), from the log if the first page is only there."""
    size, log_offsets = _read_log(log) if log else (0, {})
    head = content or (log[log_offsets[1] :] if 1 in log_offsets else b"")
    if len(head) < 100 or not head.startswith(MAGIC):
        raise MalformedError("not an SQLite database", where="offset 0")
    page_size = _page_size(_SHORT.unpack_from(head, 16)[0])
    usable = page_size - head[20]
    if usable < 480 or page_size & (page_size - 1):
        raise MalformedError(f"invalid page size: {page_size} bytes, {usable} usable", where="offset 16")
    if log_offsets and size != page_size:
        raise MalformedError(f"the log has pages of {size} bytes, the database of {page_size}", where="offset 16")
    return _Database(content=content, page_size=page_size, usable=usable, log_offsets=log_offsets, log=log, used=set())


def _page_size(size: int) -> int:
    return 65536 if size == 1 else size


def _root_page(database: _Database) -> int:
    """Return the first page of the table, from the schema, which is a table itself (2.6)."""
    for _, record in _rows(database, 1):
        columns = _columns(record)
        if len(columns) == 5 and columns[0] == b"table" and columns[1] == _TABLE and columns[3]:
            return int.from_bytes(columns[3], "big")
    raise MalformedError("no table `Packages`", where="offset 100")


def _rows(database: _Database, root: int) -> Iterator[tuple[int, bytes]]:
    """Yield row number and record of each row of a table, in order (1.6)."""
    pending = [root]
    while pending:
        number = pending.pop()
        page = database.page(number)
        start = 100 if number == 1 else 0
        where = f"offset {(number - 1) * database.page_size + start}"
        kind, count = page[start], _SHORT.unpack_from(page, start + 3)[0]
        if kind not in {_INTERIOR, _LEAF} or start + 12 + 2 * count > len(page):
            raise MalformedError(f"page {number} is not a table page", where=where)
        pointers = start + (12 if kind == _INTERIOR else 8)
        cells = [_SHORT.unpack_from(page, pointers + 2 * cell)[0] for cell in range(count)]
        try:
            if kind == _LEAF:
                free = len(page)
                for cell in cells:
                    row, size = _row(database, page, cell)
                    free -= size
                    if free < 0:
                        raise MalformedError(f"the cells of page {number} overlap", where=where)
                    yield row
            else:
                children = [_PAGE_NUMBER.unpack_from(page, cell)[0] for cell in cells]
                pending += [_PAGE_NUMBER.unpack_from(page, start + 8)[0], *reversed(children)]
        except (IndexError, struct_error) as error:
            raise MalformedError(f"a cell leaves page {number}", where=where) from error


def _row(database: _Database, page: bytes, cell: int) -> tuple[tuple[int, bytes], int]:
    """Return row number and record of a cell, with the pages that it overflows to, and its bytes on the leaf (1.6)."""
    size, place = _varint(page, cell)
    number, place = _varint(page, place)
    local = _local_size(size, database.usable)
    record = page[place : place + local]
    if len(record) < local:
        raise IndexError
    taken = place + local - cell
    if local == size:
        return (number, record), taken
    if size > len(database.content) + len(database.log):
        raise MalformedError(f"row {number} has {size} bytes", where="offset 0")
    rest = _overflow(database, _PAGE_NUMBER.unpack_from(page, place + local)[0], size - local)
    return (number, record + rest), taken


def _local_size(size: int, usable: int) -> int:
    """Return how many bytes of a record are on its leaf page: X, M and K of section 1.6."""
    most, least = usable - 35, (usable - 12) * 32 // 255 - 23
    if size <= most:
        return size
    local = least + (size - least) % (usable - 4)
    return local if local <= most else least


def _overflow(database: _Database, number: int, size: int) -> bytes:
    """Return the rest of a record, from a chain of pages (1.7)."""
    parts: list[bytes] = []
    while size > 0:
        page = database.page(number)
        part = page[4 : min(database.usable, 4 + size)]
        parts.append(part)
        size -= len(part)
        number = _PAGE_NUMBER.unpack_from(page)[0]
    return b"".join(parts)


def _columns(record: bytes) -> list[bytes | None]:
    """Return the bytes of each column of a record, None for NULL and the constants 0 and 1 (2.1)."""
    try:
        end, place = _varint(record, 0)
        types: list[int] = []
        while place < end:
            kind, place = _varint(record, place)
            types.append(kind)
    except IndexError as error:
        raise MalformedError("truncated record header", where="offset 0") from error
    columns: list[bytes | None] = []
    for kind in types:
        size = (kind - 12) // 2 if kind >= 12 else (*_SIZES, 0, 0)[kind]
        if place + size > len(record):
            raise MalformedError("a record is too short", where="offset 0")
        columns.append(record[place : place + size] if size or kind >= 12 else None)
        place += size
    return columns


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """Read a variable-length integer of up to nine bytes; raise IndexError at the end (1.6)."""
    value = 0
    for _ in range(8):
        byte = content[place]
        place += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place
    return value << 8 | content[place], place + 1


def _read_log(log: bytes) -> tuple[int, dict[int, int]]:
    """Return page size and the offset of the last committed form of each page in a write-ahead log (4.3).

    Frames count up to the first with other salts or checksum: the rest is left from an earlier use of the file.
    """
    if len(log) < _WAL_HEADER.size:
        return 0, {}
    magic, version, size, _, *salts, first, second = _WAL_HEADER.unpack_from(log)
    order = {0x377F0682: "<", 0x377F0683: ">"}.get(magic)
    size = _page_size(size)
    if order is None or version != 3007000 or not 512 <= size <= 65536 or size & (size - 1):
        raise MalformedError("not a write-ahead log", where="offset 0 of the log")
    sums = _checksum(log[:24], order, (0, 0))
    found: dict[int, int] = {}
    if sums != (first, second):
        return size, found
    uncommitted: dict[int, int] = {}
    for place in range(_WAL_HEADER.size, len(log) - _FRAME.size - size + 1, _FRAME.size + size):
        number, commit, *frame_salts, first, second = _FRAME.unpack_from(log, place)
        page = place + _FRAME.size
        if frame_salts != salts:
            break
        sums = _checksum(log[page : page + size], order, _checksum(log[place : place + 8], order, sums))
        if sums != (first, second):
            break
        uncommitted[number] = page
        if commit:
            found |= uncommitted
            uncommitted = {}
    return size, found


def _checksum(content: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    """Return the checksum of frames so far (4.2)."""
    first, second = sums
    words = Struct(f"{order}{len(content) // 4}I").unpack(content)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
