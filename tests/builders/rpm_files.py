"""rpm databases and headers, written from their documentation: small ones, of which a test knows each byte."""

from __future__ import annotations

import sqlite3
import struct
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value = str | int | list[str] | list[int]


@dataclass(frozen=True, kw_only=True)
class Rpm:
    """One installed package of a test."""

    name: str
    version: str = "1.0"
    release: str = "1"
    epoch: int | None = None
    architecture: str = "x86_64"
    files: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    supplements: tuple[str, ...] = ()
    states: tuple[int, ...] = ()
    size: int = 10
    source: str = ""

    def header(self) -> bytes:
        """Return the package's header as a database has it."""
        folders = sorted({path.rpartition("/")[0] + "/" for path in self.files})
        tags: dict[int, tuple[int, Value]] = {
            1000: (6, self.name),
            1001: (6, self.version),
            1002: (6, self.release),
            1009: (4, [self.size]),
            1022: (6, self.architecture),
            1044: (6, self.source or f"{self.name}-{self.version}-{self.release}.src.rpm"),
        }
        if self.epoch is not None:
            tags[1003] = (4, [self.epoch])
        if self.provides:
            tags[1047] = (8, list(self.provides))
        if self.requires:
            tags[1049] = (8, list(self.requires))
        if self.recommends:
            tags[5046] = (8, list(self.recommends))
        if self.supplements:
            tags[5052] = (8, list(self.supplements))
        if self.files:
            tags[1029] = (1, list(self.states or [0] * len(self.files)))
            tags[1116] = (4, [folders.index(path.rpartition("/")[0] + "/") for path in self.files])
            tags[1117] = (8, [path.rpartition("/")[2] for path in self.files])
            tags[1118] = (8, list(folders))
        return header(tags)


def header(tags: Mapping[int, tuple[int, Value]]) -> bytes:
    """Return a header with the tags, each of a type and a value."""
    index, data = b"", b""
    for tag, (kind, value) in sorted(tags.items()):
        data += b"\0" * (-len(data) % {4: 4, 5: 8}.get(kind, 1))
        count = len(value) if isinstance(value, list) else 1
        index += struct.pack(">IIII", tag, kind, len(data), count)
        data += _packed(kind, value)
    return struct.pack(">II", len(tags), len(data)) + index + data


def _packed(kind: int, value: Value) -> bytes:
    if isinstance(value, list):
        if kind == 8:
            return b"".join(str(each).encode("utf-8", "surrogateescape") + b"\0" for each in value)
        return struct.pack(f">{len(value)}{ {1: 'B', 4: 'I', 5: 'Q'}[kind] }", *value)
    return str(value).encode("utf-8", "surrogateescape") + b"\0"


def repeated_row(header: bytes) -> bytes:
    """Return an SQLite database whose only leaf lists one short row as often as it can."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(f"{folder}/db")
        connection.execute("PRAGMA page_size = 65536")
        connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
        connection.execute("INSERT INTO Packages (blob) VALUES (?)", (header,))
        connection.commit()
        connection.close()
        content = bytearray(Path(folder, "db").read_bytes())
    (cell,) = struct.unpack_from(">H", content, 65536 + 8)
    count = (cell - 8) // 2
    struct.pack_into(f">{count}H", content, 65536 + 8, *[cell] * count)
    struct.pack_into(">H", content, 65536 + 3, count)
    return bytes(content)


def ndb(headers: Sequence[bytes]) -> bytes:
    """Return an NDB database: one page of slots, and the blobs behind it."""
    slots, blobs = b"", b""
    for number, each in enumerate(headers, 1):
        blob = struct.pack("<4sIII", b"BlbS", number, 7, len(each)) + each
        blob += b"\0" * (-(len(blob) + 12) % 16)
        blob += struct.pack("<II4s", zlib.adler32(blob), len(each), b"BlbE")
        slots += struct.pack("<4sIII", b"Slot", number, (4096 + len(blobs)) // 16, len(blob) // 16)
        blobs += blob
    head = struct.pack("<4sIIII12x", b"RpmP", 0, 7, 1, len(headers) + 1)
    free = struct.pack("<4s12x", b"Slot")
    return head + slots + free * (4096 // 16 - 2 - len(headers)) + blobs


def bdb(headers: Sequence[bytes], *, order: str = "<", page_size: int = 512) -> bytes:
    """Return a Berkeley DB hash database of one bucket, whose values all stand on overflow pages."""
    pages: list[bytes] = [b"", b""]
    items: list[bytes] = [b"\1" + struct.pack(f"{order}I", 0), b"\1" + struct.pack(f"{order}I", len(headers) + 1)]
    for number, each in enumerate(headers, 1):
        items += [
            b"\1" + struct.pack(f"{order}I", number),
            struct.pack(f"{order}B3xII", 3, len(pages), len(each)),
        ]
        room = page_size - 26
        parts = [each[at : at + room] for at in range(0, len(each), room)]
        for place, part in enumerate(parts):
            following = len(pages) + 1 if place + 1 < len(parts) else 0
            pages.append(
                struct.pack(f"{order}8xIIIHHBB", len(pages), 0, following, 1, len(part), 0, 7) + part.ljust(room, b"\0")
            )
    pages[1] = _bucket(items, order, page_size)
    pages[0] = struct.pack(f"{order}8xIIII", 0, 0x61561, 9, page_size).ljust(72, b"\0")
    pages[0] += struct.pack(f"{order}I20x32I", 0, *[1] * 32)
    pages[0] = pages[0].ljust(page_size, b"\0")
    return b"".join(pages)


def _bucket(items: Sequence[bytes], order: str, page_size: int) -> bytes:
    places, end = [], page_size
    for item in items:
        end -= len(item)
        places.append(end)
    head = struct.pack(f"{order}8xIIIHHBB", 1, 0, 0, len(items), end, 0, 13)
    head += struct.pack(f"{order}{len(items)}H", *places)
    assert len(head) <= end, "one page holds the pairs"
    return head.ljust(end, b"\0") + b"".join(reversed(items))
