"""RECORD and installed-files.txt: every path counts, whatever else its row has."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from installer.records import Hash, RecordEntry

from pip_sysdeps.environment.record import Record, entry_of, parse_installed_files, parse_record

GOOD = b"a/b.so,sha256=AAAA,12\r\n"
GOOD_ROW = ("a/b.so", "sha256=AAAA", "12")


@pytest.mark.parametrize(
    ("content", "rows", "notes"),
    [
        (GOOD, (GOOD_ROW,), ()),
        (GOOD.replace(b"\r", b""), (GOOD_ROW,), ()),
        (GOOD.rstrip(), (GOOD_ROW,), ()),
        (b"\xef\xbb\xbf" + GOOD, (GOOD_ROW,), ()),
        (b"", (), ()),
        (b"\r\n" + GOOD + b"\n\n" + GOOD, (GOOD_ROW, GOOD_ROW), ()),
        (b'"a, b.so",,\r\n', (("a, b.so", "", ""),), ()),
        (b'"a ""b"".so",,\n', (('a "b".so', "", ""),), ()),
        (b"../../../bin/ninja,sha256=x,3\n", (("../../../bin/ninja", "sha256=x", "3"),), ()),
        (b"caf\xe9.so,,\n", (("caf\udce9.so", "", ""),), ()),
        (b"a\xc2\x85b.so,,\n", (("a\x85b.so", "", ""),), ()),
        (b"a.so\n" + GOOD, (("a.so", "", ""), GOOD_ROW), ("line 1: 1 columns instead of 3",)),
        (b"a.so,sha256=x\n", (("a.so", "sha256=x", ""),), ("line 1: 2 columns instead of 3",)),
        (b"a.so,,1,extra\n", (("a.so", "", "1"),), ("line 1: 4 columns instead of 3",)),
        (b"a.so,,big\n", (("a.so", "", "big"),), ("line 1: `size` cannot be non-integer",)),
        (b"a.so,crc=1,1\n", (("a.so", "crc=1", "1"),), ("line 1: invalid hash algorithm 'crc'",)),
        (b"a.so,AAAA,1\n", (("a.so", "AAAA", "1"),), ("line 1: `hash` does not follow the required format",)),
        (b"a.so,sha512=x,1\n", (("a.so", "sha512=x", "1"),), ()),
        (b",,\n" + GOOD, (GOOD_ROW,), ("line 1: `path` cannot be empty",)),
    ],
)
def test_rows_and_notes(content: bytes, rows: tuple[tuple[str, str, str], ...], notes: tuple[str, ...]) -> None:
    """A row keeps its path; what is odd about it is reported with its line."""
    assert parse_record(content) == Record(rows=rows, notes=notes)


def test_stray_quote_swallows_only_its_own_line() -> None:
    """The rows after an unbalanced quote are read."""
    record = parse_record(b'"a.so,sha256=x,1\n' + GOOD)
    assert GOOD_ROW in record.rows
    assert record.notes == ("line 1: 1 columns instead of 3",)


def test_row_that_csv_refuses_keeps_its_path() -> None:
    """A carriage return inside a row is an error for csv, not for us."""
    assert parse_record(b"a\rb.so,sha256=x,1\n").rows == (("a\rb.so", "sha256=x", "1"),)


def test_notes_are_bounded() -> None:
    """A long RECORD of garbage is reported in a few lines."""
    notes = parse_record(b"garbage\n" * 1000).notes
    assert len(notes) == 11
    assert notes[-1] == "990 more like these"


@given(st.binary(max_size=400))
def test_any_bytes_are_read(content: bytes) -> None:
    """No content makes the parser fail, and every row has a path."""
    assert all(row[0] for row in parse_record(content).rows)


@given(st.lists(st.text(min_size=1, alphabet=st.characters(exclude_categories=["C"])), max_size=5))
def test_reads_back_what_csv_writes(paths: list[str]) -> None:
    """Quoting is csv's: what an installer wrote through it comes back."""
    stream = io.StringIO()
    csv.writer(stream).writerows((path, "sha256=x", "1") for path in paths)
    assert [row[0] for row in parse_record(stream.getvalue().encode()).rows] == paths


@pytest.mark.parametrize(
    ("row", "entry"),
    [
        (("a", "sha256=x", "3"), RecordEntry("a", Hash("sha256", "x"), 3)),
        (("a", "sha512=x", ""), RecordEntry("a", Hash("sha512", "x"), None)),
        (("a", "", "3"), None),
        (("a", "md5=x", "3"), None),
        (("a", "shake_128=x", "3"), None),
        (("a", "sha256=x", "?"), None),
    ],
)
def test_entry_of(row: tuple[str, str, str], entry: RecordEntry | None) -> None:
    """An entry to compare a file with needs a hash that the specification allows."""
    assert entry_of(row) == entry


def test_installed_files() -> None:
    """One path a line, in either line ending."""
    assert parse_installed_files(b"../foo/a.so\n../foo/b c.py\r\n\nPKG-INFO") == (
        "../foo/a.so",
        "../foo/b c.py",
        "PKG-INFO",
    )


def test_rows_beyond_the_bound() -> None:
    """Of an endless RECORD the first rows count, and a note says so."""
    record = parse_record(b"a,,\n" * 200_001)
    assert len(record.rows) == 200_000
    assert record.notes == ("more than 200000 rows: the rest is not read",)
    assert len(parse_installed_files(b"a\n" * 200_001)) == 200_001 - 1
