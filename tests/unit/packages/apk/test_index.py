"""APKINDEX.tar.gz."""

from __future__ import annotations

import gzip

import pytest

from builders.apk import ApkEntry, apk_index
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.apk.index import parse_index

INDEX = apk_index(ApkEntry(name="libpq", provides=("so:libpq.so.5=5.17",)), ApkEntry(name="musl"))


def test_packages_of_an_index() -> None:
    """The signature's stream and the index's are one archive."""
    assert [(each.name, each.provides) for each in parse_index(INDEX)] == [("libpq", ("so:libpq.so.5",)), ("musl", ())]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (INDEX[:-20], "the gzip stream is cut off"),
        (b"P:a\nV:1\n\n", "not a gzip stream"),
        (gzip.compress(b"x" * 2000), "not a tar archive"),
        (gzip.compress(bytes(2048)), "the archive has no `APKINDEX`"),
        (b"", "not a tar archive"),
    ],
    ids=["cut", "plain text", "no tar", "empty tar", "empty"],
)
def test_an_invalid_index(content: bytes, message: str) -> None:
    """An error says why."""
    with pytest.raises(MalformedError, match=message):
        parse_index(content)


def test_an_index_that_unpacks_to_too_much() -> None:
    """A hostile one of a thousand times its size stops at the limit."""
    with pytest.raises(MalformedError, match="unpacks to more than 1000000 bytes"):
        parse_index(gzip.compress(bytes(1 << 24)), limit=1_000_000)


def test_endless_empty_streams() -> None:
    """Each is unpacked by itself."""
    with pytest.raises(MalformedError, match="more than 100 gzip streams"):
        parse_index(gzip.compress(b"") * 101)


def test_an_index_of_repetitions() -> None:
    """Without a limit of the caller, its length decides."""
    content = gzip.compress(bytes(20 << 20))
    with pytest.raises(MalformedError, match=f"unpacks to more than {64 * len(content) + (16 << 20)} bytes"):
        parse_index(content)
