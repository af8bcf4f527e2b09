"""Order of rpm versions.

Source: rpm's `rpmio/rpmvercmp.cc` for one part and `rpmVersionCompare` of `rpmio/rpmver.cc` for a whole version.
"""

from __future__ import annotations

import re
from typing import TypeAlias

PartKey: TypeAlias = tuple[tuple[int, int, str], ...]
"""Sorts as rpm compares: one rank, length and text for each segment."""
VersionKey: TypeAlias = tuple[int, PartKey, PartKey]
"""Epoch, version, release."""

_SEGMENT = re.compile(r"~|\^|[0-9]+|[A-Za-z]+", re.ASCII)
_EPOCH = re.compile(r"([0-9]{1,10}):", re.ASCII)
_TILDE, _END, _CARET, _LETTERS, _DIGITS = range(5)


def version_key(version: str) -> VersionKey:
    """Return the sort key of `[epoch:]version[-release]`.

    A missing epoch is 0. A missing release comes before all others.
    """
    epoch, rest = split_epoch(version)
    number, dash, release = rest.partition("-")
    return int(epoch or 0), part_key(number), part_key(release) if dash else ()


def split_epoch(version: str) -> tuple[str, str]:
    """Return the epoch of a version, empty for none, and the version without it."""
    found = _EPOCH.match(version)
    return (found[1], version[found.end() :]) if found else ("", version)


def part_key(text: str) -> PartKey:
    """Return the sort key of a version or a release.

    A tilde sorts before the end and a caret after it; digits sort after letters, and by value. Other characters
    separate.
    """
    return (*map(_segment_key, _SEGMENT.findall(text)), (_END, 0, ""))


def _segment_key(segment: str) -> tuple[int, int, str]:
    if segment in "~^":
        return (_TILDE if segment == "~" else _CARET), 0, ""
    if segment[0].isdigit():
        digits = segment.lstrip("0")
        return _DIGITS, len(digits), digits
    return _LETTERS, 0, segment
