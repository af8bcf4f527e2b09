"""Lists of installed files: RECORD of a .dist-info, installed-files.txt of an .egg-info.

Installers in the field write more than the specification allows, and a file that is not read is a need that is missed:
so every row that has a path counts, and what is odd about it is noted.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from installer.records import RecordEntry

Row = tuple[str, str, str]
"""Path, hash and size, as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The rows of a RECORD, and what is odd about it."""

    rows: tuple[Row, ...]
    """Each row that has a path, in order; a missing column is empty."""
    notes: tuple[str, ...]
    """For a person, one for each odd row: `line 3: ...`."""


def parse_record(content: bytes) -> Record:
    """Read a RECORD, keeping every path whatever else its row has.

    Bytes that are not UTF-8 are kept by "surrogateescape".
    Source: packaging.python.org, "Recording installed projects", "The RECORD file"; PEP 376.
    """
    text = _text(content)
    lines = text.splitlines(keepends=True)
    try:
        table = [(number, row) for number, row in enumerate(csv.reader(lines), 1) if row]
    except csv.Error:
        table = list(_line_by_line(lines))
    if '"' in text and any("\n" in field for _, row in table for field in row):
        table = list(_line_by_line(lines))  # a stray quote swallowed the lines up to the next one
    rows: list[Row] = []
    notes: list[str] = []
    for number, row in table:
        if len(row) == 3 and row[0] and _is_plain(row[1], row[2]):
            rows.append((row[0], row[1], row[2]))
            continue
        path, digest, size = (*row, "", "", "")[:3]
        if path:
            rows.append((path, digest, size))
        notes += (f"line {number}: {oddity}" for oddity in _oddities(row))
    return Record(rows=tuple(rows), notes=tuple(notes))


def parse_installed_files(content: bytes) -> tuple[str, ...]:
    """Read installed-files.txt: one path a line, relative to the .egg-info folder.

    Source: setuptools' `install_egg_info` and pip's legacy `setup.py install --record`.
    """
    return tuple(line for line in _text(content).splitlines() if line)


def entry_of(row: Row) -> RecordEntry | None:
    """Return the row as `installer` has it, with hash and size to compare; None if one of them cannot be used."""
    from installer.records import InvalidRecordEntry, RecordEntry  # noqa: PLC0415 - its import costs more than all RECORDs

    try:
        return RecordEntry.from_elements(*row)
    except InvalidRecordEntry:
        return None


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape").removeprefix("\ufeff").replace("\0", "\ufffd")


def _line_by_line(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Read each line as a row of its own; one that csv refuses is split at its last two commas."""
    for number, line in enumerate(lines, 1):
        try:
            rows = list(csv.reader([line]))
        except csv.Error:
            rows = [line.rstrip("\r\n").rsplit(",", 2)]
        for row in rows:
            fields = [field.rstrip("\r\n") for field in row]
            if any(fields):
                yield number, fields


def _is_plain(digest: str, size: str) -> bool:
    """Tell whether hash and size are as pip writes them: nearly every row, so this is what has to be quick."""
    return (not digest or digest.startswith("sha256=")) and (not size or size.isdecimal())


def _oddities(row: list[str]) -> tuple[str, ...]:
    if len(row) != 3:
        return (f"{len(row)} columns instead of 3",)
    from installer.records import InvalidRecordEntry, RecordEntry  # noqa: PLC0415 - as above

    try:
        RecordEntry.from_elements(*row)
    except InvalidRecordEntry as error:
        return tuple(error.issues)
    return ()
