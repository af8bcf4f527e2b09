"""Berkeley DB hash databases: buckets, overflow chains, both byte orders."""

from __future__ import annotations

import struct

import pytest

from builders.rpm_files import Rpm, bdb
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.bdb import parse_bdb

A, B = Rpm(name="a").header(), Rpm(name="b", files=tuple(f"/usr/share/b/{n}" for n in range(300))).header()


@pytest.mark.parametrize("order", ["<", ">"])
def test_headers_are_put_together_from_overflow_pages(order: str) -> None:
    """Each number gives the header of a package, in either byte order; key 0 is none."""
    assert list(parse_bdb(bdb([A, B], order=order))) == [(1, A), (2, B)]


def test_a_value_on_the_page_is_read() -> None:
    """A header that fits its page stands there."""
    assert list(parse_bdb(bdb([A], page_size=4096))) == [(1, A)]


def test_a_database_without_packages_is_empty() -> None:
    """Only the next package's number is there."""
    assert list(parse_bdb(bdb([]))) == []


def _with(place: int, new: bytes) -> bytes:
    content = bdb([A, B])
    return content[:place] + new + content[place + len(new) :]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\0" * 600, "offset 0: not a Berkeley DB hash database"),
        (_with(20, struct.pack("<I", 500)), "offset 20: pages of 500 bytes"),
        (_with(72, struct.pack("<I", 1 << 30)), f"offset 72: {(1 << 30) + 1} buckets"),
        (_with(96, struct.pack("<I", 999)), f"offset {999 * 512}: page 999 is missing"),
        (_with(512 + 25, b"\x05"), "offset 512: page 1 of type 5 has another number or type than expected"),
        (_with(512 + 16, struct.pack("<I", 1)), "offset 512: page 1 is used twice"),
        (_with(512 + 20, struct.pack("<H", 3)), "offset 512: page 1 has 3 items"),
        (_with(512 + 26, struct.pack("<H", 5)), "offset 512: the items of page 1 overlap"),
        (_with(1024 + 22, struct.pack("<H", 0)), "offset 512: 0 bytes instead of {size}"),
    ],
)
def test_a_broken_database_is_refused(content: bytes, message: str) -> None:
    """Pages, items and chains that break the format are errors that say where."""
    with pytest.raises(MalformedError) as error:
        list(parse_bdb(content))
    assert str(error.value) == message.format(size=len(A))


def test_a_chain_that_leads_back_ends() -> None:
    """A chain of overflow pages that leads to itself is an error, not a loop."""
    content = bytearray(bdb([B]))
    struct.pack_into("<I", content, 1024 + 16, 2)
    with pytest.raises(MalformedError, match="page 2 is used twice"):
        list(parse_bdb(bytes(content)))
