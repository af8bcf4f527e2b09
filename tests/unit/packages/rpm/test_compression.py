"""Packed repository metadata, unpacked piece by piece and within a bound."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.rpm.compression import decompress

if TYPE_CHECKING:
    from collections.abc import Callable

CONTENT = b"".join(b"line %d\n" % number for number in range(150_000))
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "lzma": partial(lzma.compress, preset=0),
}


@pytest.mark.parametrize("name", PACKERS)
def test_content_comes_back_in_pieces(name: str) -> None:
    """Each format gives the content, no piece of more than a MiB."""
    pieces = list(decompress(PACKERS[name](CONTENT), len(CONTENT)))
    assert b"".join(pieces) == CONTENT
    assert max(map(len, pieces)) <= 1 << 20


def test_plain_content_is_taken_as_it_is() -> None:
    """What is not packed is the content."""
    assert list(decompress(b"<metadata/>", 100)) == [b"<metadata/>"]


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_several_streams_are_one_content(pack: Callable[[bytes], bytes]) -> None:
    """Files that were put together are read to their end."""
    assert b"".join(decompress(pack(b"a") + pack(b"b"), 2)) == b"ab"


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_endless_empty_streams_are_refused(pack: Callable[[bytes], bytes]) -> None:
    """Each makes a decompressor of its own."""
    with pytest.raises(MalformedError, match=r"more than 10000 (gzip|bz2|lzma) streams"):
        list(decompress(pack(b"") * 10_001, 1 << 20))


@pytest.mark.parametrize("name", PACKERS)
def test_more_than_the_bound_is_refused(name: str) -> None:
    """A small file that unpacks to a huge one stops at the bound."""
    with pytest.raises(MalformedError) as error:
        list(decompress(PACKERS[name](bytes(10 << 20)), 1 << 20))
    assert str(error.value) == "offset 1048576 of the content: more than 1048576 bytes of content"


@pytest.mark.parametrize("name", PACKERS)
def test_a_cut_file_is_refused(name: str) -> None:
    """Data without an end is an error."""
    with pytest.raises(MalformedError, match=f"truncated {name} data"):
        list(decompress(PACKERS[name](CONTENT)[:-20], len(CONTENT)))


@pytest.mark.parametrize("name", PACKERS)
def test_a_damaged_file_is_refused(name: str) -> None:
    """Data that cannot be unpacked is an error."""
    packed = bytearray(PACKERS[name](CONTENT))
    packed[2000:2060] = bytes(byte ^ 0xFF for byte in packed[2000:2060])
    with pytest.raises(MalformedError, match=f"damaged {name} data"):
        list(decompress(bytes(packed), len(CONTENT)))


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="Python has zstd since 3.14")
def test_a_format_that_python_lacks_is_named() -> None:
    """Zstd needs a newer Python."""
    with pytest.raises(SysdepsError) as error:
        list(decompress(b"\x28\xb5\x2f\xfdxx", 100))
    assert str(error.value) == (
        "this Python cannot read zstd data: it has no module `compression.zstd` or `backports.zstd`"
    )
    assert error.value.hint == "run pip-sysdeps with Python 3.14 or later, or install `backports.zstd` beside it"
