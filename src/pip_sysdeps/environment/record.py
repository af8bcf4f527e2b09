"""Lists of installed files: RECORD of a .dist-info, installed-files.txt of an .egg-info.

Some installers break the specification, and a skipped file could be a missed need. So every row with a path
counts, and problems become notes.
"""

from __future__ import annotations

import io
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from installer.records import RecordEntry

Row = tuple[str, str, str]
"""Path, hash and size, as written."""

_MAX_NOTES = 10
_MAX_ROWS = 200_000
"""Limit on rows: five times those of the largest distributions."""
_HASHES = frozenset({"sha256", "sha384", "sha512"})

_PLAIN_ROW = re.compile(r'^([^,"\r\n]+),((?:sha256=[\w-]+)?),([0-9]*)\r?$', re.ASCII | re.MULTILINE)
"""A row as pip and uv write it, without quotes. Most RECORDs have only these, and `findall` is fast."""


class Record(NamedTuple):
    """The rows of a RECORD, and its problems."""

    rows: tuple[Row, ...]
    """Each row that has a path, in order; a missing column is empty."""
    notes: tuple[str, ...]
    """Messages, one per bad row: `line 3: ...`; the last one counts the rest after ten."""


def parse_record(content: bytes) -> Record:
    """Parse a RECORD, keeping every path whatever else its row has.

    Bytes that are not UTF-8 are kept by "surrogateescape". Source: packaging.python.org, "Recording installed
    projects", "The RECORD file"; PEP 376.
    """
    text, more = _first_rows(_text(content))
    plain: list[Row] = _PLAIN_ROW.findall(text)
    if len(plain) == text.count("\n") and text.endswith("\n"):
        return Record(rows=tuple(plain), notes=more)
    import csv  # noqa: PLC0415 - most RECORDs have plain rows only

    try:
        table = [(number, row) for number, row in enumerate(csv.reader(io.StringIO(text, newline="\n")), 1) if row]
    except csv.Error:
        table = list(_line_by_line(text))
    if any("\n" in field for _, row in table for field in row):
        table = list(_line_by_line(text))  # an unbalanced quote includes the following lines
    padded = ((*row, "", "") for _, row in table if row[0])
    oddities = (f"line {number}: {oddity}" for number, row in table for oddity in _row_problems(row))
    notes = list(islice(oddities, _MAX_NOTES))
    rest = sum(1 for _ in oddities)
    notes += [f"{rest} more like these"] if rest else []
    return Record(rows=tuple((row[0], row[1], row[2]) for row in padded), notes=(*notes, *more))


def parse_installed_files(content: bytes) -> tuple[str, ...]:
    """Parse installed-files.txt: one path per line, relative to the .egg-info folder.

    Source: setuptools' `install_egg_info` and pip's legacy `setup.py install --record`.
    """
    return tuple(line for each in _first_rows(_text(content))[0].split("\n") if (line := each.rstrip("\r")))


def entry_of(row: Row) -> RecordEntry | None:
    """Return the row as an entry of `installer`, with its hash; None without a reliable hash.

    Source: packaging.python.org, "The RECORD file": "The hash algorithm must be sha256 or better".
    """
    from installer.records import InvalidRecordEntry, RecordEntry  # noqa: PLC0415 - its import costs more than all RECORDs

    try:
        entry = RecordEntry.from_elements(*row)
    except InvalidRecordEntry:
        return None
    return entry if entry.hash_ is not None and entry.hash_.name in _HASHES else None


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape").removeprefix("\ufeff").replace("\0", "\ufffd")


def _first_rows(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the first lines of a text, and a note if there are more."""
    if text.count("\n") <= _MAX_ROWS:
        return text, ()
    end = next(islice(re.finditer("\n", text), _MAX_ROWS - 1, None)).end()
    return text[:end], (f"more than {_MAX_ROWS} rows: the rest is not read",)


def _line_by_line(text: str) -> Iterator[tuple[int, list[str]]]:
    """Parse each line as a row; a line that csv refuses is split at its last two commas."""
    import csv  # noqa: PLC0415 - as above

    for number, line in enumerate(text.split("\n"), 1):
        try:
            rows = list(csv.reader([line]))
        except csv.Error:
            rows = [line.rstrip("\r\n").rsplit(",", 2)]
        for row in rows:
            fields = [field.rstrip("\r\n") for field in row]
            if any(fields):
                yield number, fields


def _row_problems(row: list[str]) -> tuple[str, ...]:
    if len(row) != 3:
        return (f"{len(row)} columns instead of 3",)
    from installer.records import InvalidRecordEntry, RecordEntry  # noqa: PLC0415 - as above

    try:
        RecordEntry.from_elements(*row)
    except InvalidRecordEntry as error:
        return tuple(error.issues)
    return ()
