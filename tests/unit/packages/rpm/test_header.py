"""An rpm header, as a database has it: values by tag, and errors with an offset."""

from __future__ import annotations

import struct

import pytest

from builders.rpm_files import header
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.rpm.header import BASENAMES, DIRINDEXES, LONGSIZE, NAME, PROVIDENAME, SIZE, parse_header


def test_values_are_decoded_by_type() -> None:
    """Strings, arrays of strings, and numbers of 4 and 8 bytes come back as they were written."""
    parsed = parse_header(
        header({NAME: (6, "zlib"), SIZE: (4, [7]), LONGSIZE: (5, [1 << 40]), BASENAMES: (8, ["a", "b"])})
    )
    assert parsed.text(NAME) == "zlib"
    assert parsed.number(SIZE) == 7
    assert parsed.number(LONGSIZE) == 1 << 40
    assert parsed.texts(BASENAMES) == ("a", "b")


def test_absent_tags_are_empty() -> None:
    """A tag that the header lacks is an empty value."""
    parsed = parse_header(header({NAME: (6, "zlib")}))
    assert (parsed.number(SIZE), parsed.texts(BASENAMES), parsed.numbers(DIRINDEXES)) == (None, (), ())


def test_the_last_of_two_entries_counts() -> None:
    """What rpm adds at installation stands behind the signed region and replaces its value."""
    content = struct.pack(">II", 2, 4) + struct.pack(">IIII", NAME, 6, 0, 1) + struct.pack(">IIII", NAME, 6, 2, 1)
    assert parse_header(content + b"a\0b\0").text(NAME) == "b"


def test_bytes_that_are_not_utf_8_are_kept() -> None:
    """A file name in another encoding can be written again."""
    parsed = parse_header(header({BASENAMES: (8, ["caf\udce9"])}))
    assert parsed.texts(BASENAMES) == ("caf\udce9",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "offset 0: too short for a header"),
        (struct.pack(">II", 0, 0), "offset 0: 0 entries and 0 bytes are not a header"),
        (struct.pack(">II", 1 << 20, 4), "offset 0: 1048576 entries and 4 bytes are not a header"),
        (struct.pack(">II", 1, 99), "offset 0: 1 entries and 99 bytes are not a header"),
        (
            struct.pack(">IIIIII", 1, 2, NAME, 4, 0, 1) + b"a\0",
            "offset 8: tag 1000 has type 4, offset 0 and count 1",
        ),
        (
            struct.pack(">IIIIII", 1, 2, BASENAMES, 8, 0, 3) + b"a\0",
            "offset 8: tag 1117 has type 8, offset 0 and count 3",
        ),
        (
            struct.pack(">IIIIIIIIII", 2, 2, PROVIDENAME, 8, 0, 2, BASENAMES, 8, 0, 1) + b"\0\0",
            "offset 40: the values of tags overlap",
        ),
    ],
)
def test_a_broken_table_is_refused(content: bytes, message: str) -> None:
    """Counts, types and offsets beyond rpm's own limits are errors that say where."""
    with pytest.raises(MalformedError) as error:
        parse_header(content)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("content", "tag", "message"),
    [
        (struct.pack(">IIIIII", 1, 2, NAME, 6, 0, 1) + b"ab", NAME, "offset 24: tag 1000: unterminated string"),
        (
            struct.pack(">IIIIII", 1, 2, BASENAMES, 8, 0, 2) + b"a\0",
            BASENAMES,
            "offset 24: tag 1117: an array of 2 strings has 1",
        ),
        (
            struct.pack(">IIIIII", 1, 4, SIZE, 4, 0, 2) + b"\0\0\0\1",
            SIZE,
            "offset 24: tag 1009: an array of 2 numbers leaves the header",
        ),
    ],
)
def test_a_value_that_leaves_the_header_is_refused(content: bytes, tag: int, message: str) -> None:
    """A value is bounded by the header's data."""
    parsed = parse_header(content)
    with pytest.raises(MalformedError) as error:
        (parsed.text(tag), parsed.texts(tag)) if tag != SIZE else parsed.numbers(tag)
    assert str(error.value) == message
