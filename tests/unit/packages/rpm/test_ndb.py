"""rpm's NDB database: slots, blobs and checksums."""

from __future__ import annotations

import struct

import pytest

from builders.rpm_files import Rpm, ndb
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.ndb import parse_ndb

A, B = Rpm(name="a").header(), Rpm(name="b", files=("/usr/bin/b",)).header()

_TAIL_OF_A = 4096 + (16 + len(A) + 12 + 15) // 16 * 16 - 12


def test_headers_come_in_the_order_of_slots() -> None:
    """Each used slot gives the number and the header of a package; free ones are skipped."""
    assert list(parse_ndb(ndb([A, B]))) == [(1, A), (2, B)]


def test_a_database_without_packages_is_empty() -> None:
    """Only free slots: no package."""
    assert list(parse_ndb(ndb([]))) == []


def _with(place: int, new: bytes) -> bytes:
    content = ndb([A, B])
    return content[:place] + new + content[place + len(new) :]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"RpmP", "offset 0: not an NDB database"),
        (_with(4, struct.pack("<I", 1)), "offset 4: version 1 with 1 pages of slots"),
        (_with(12, struct.pack("<I", 999)), "offset 4: version 0 with 999 pages of slots"),
        (_with(32, b"Slut"), "offset 32: invalid slot"),
        (_with(40, struct.pack("<II", 256, 9999)), "offset 32: a slot names 9999 blocks from 256"),
        (_with(40, struct.pack("<II", 1, 4)), "offset 32: a slot names 4 blocks from 1"),
        (_with(4096, b"BlbX"), "offset 4096: invalid blob of package 1"),
        (_with(4100, struct.pack("<I", 9)), "offset 4096: invalid blob of package 1"),
        (_with(4096 + 30, b"\xff"), f"offset {_TAIL_OF_A}: the checksum of package 1 is wrong"),
    ],
)
def test_a_broken_database_is_refused(content: bytes, message: str) -> None:
    """Slots and blobs that rpm refuses are errors that say where."""
    with pytest.raises(MalformedError) as error:
        list(parse_ndb(content))
    assert str(error.value) == message


def test_one_blob_is_not_read_twice() -> None:
    """Slots that share a blob would make the work larger than the file."""
    content = ndb([A])
    slot = struct.unpack_from("<4sIII", content, 32)
    slots = b"".join(struct.pack("<4sIII", *slot) for _ in range(254))
    with pytest.raises(MalformedError, match="a slot names"):
        list(parse_ndb(content[:32] + slots + content[4096:]))
