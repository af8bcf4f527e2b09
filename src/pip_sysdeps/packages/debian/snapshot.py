"""The date of an archive snapshot that apt's sources name.

A snapshot is a folder of the archive as it was: `.../20240812T000000Z`, in UTC. Sources name one as part of their URIs,
by apt's own option (`snapshot=`, `Snapshot:`, sources.list(5)), or, as the official images do, in a comment beside the
live archive.
"""

from __future__ import annotations

import re

_DATE = re.compile(r"(?<![0-9A-Za-z])[0-9]{8}T[0-9]{6}Z(?![0-9A-Za-z])", re.ASCII)


def snapshot_date(text: str) -> str:
    """Return the date that sources name: one in use before one in a comment, then the newest; empty without one."""
    dates: dict[bool, set[str]] = {False: set(), True: set()}
    for line in text.splitlines():
        dates[line.lstrip().startswith("#")].update(_DATE.findall(line))
    return max(dates[False] or dates[True], default="")
