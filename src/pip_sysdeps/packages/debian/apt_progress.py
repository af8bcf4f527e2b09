"""Parse the line that apt draws while it downloads. Source: apt's apt-private/acqprogress.cc, AcqTextStatus::Pulse."""

from __future__ import annotations

import re

_LINE = re.compile(
    r"(?P<percent>[0-9]{1,3})% \[[0-9]+ (?P<name>[^\s\]]+) (?P<got>[0-9.,]+ [kMGT]?B)(?:/(?P<whole>[0-9.,]+ [kMGT]?B))?"
    r"(?: [0-9]{1,3}%)?\](?:.*? (?P<rate>[0-9.,]+ [kMGT]?B/s)(?: .*)?)?.*"
)
"""`31% [2 Contents-amd64 12.3 MB/50.1 MB 25%]      379 kB/s 1min 40s`; of several downloads, the first counts."""


def parse_progress(line: str) -> str:
    """Return the progress in a line, `Contents-amd64: 12.3 MB of 50.1 MB, 379 kB/s`; empty for other lines."""
    match = _LINE.fullmatch(line)
    if match is None:
        return ""
    size = f"{match['got']} of {match['whole']}" if match["whole"] else match["got"]
    return f"{match['name']}: {size}" + (f", {match['rate']}" if match["rate"] else "")
