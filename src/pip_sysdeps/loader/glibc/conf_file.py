"""Parse ld.so.conf: the directories of ldconfig, and patterns of included files.

Source: ldconfig(8); glibc elf/ldconfig.c, parse_conf and add_dir_1.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_BLANKS = " \t\n\v\f\r"
"""White space of isspace(3)."""


class ConfEntry(NamedTuple):
    """One line of the file, or one pattern of an `include` line."""

    text: str
    """A directory, without slashes at the end; or a pattern of glob(7), relative to the folder of the file."""
    is_pattern: bool
    """Whether it is a pattern of files to include."""


def parse_ld_so_conf(content: bytes) -> tuple[ConfEntry, ...]:
    """Return the entries in order, without comments, blank lines and obsolete `hwcap` lines.

    glibc up to 2.36 accepts a library type after the directory (`/usr/lib=libc6`), which is no longer used. It is
    parsed as part of the name, as in later versions.
    """
    entries: list[ConfEntry] = []
    for line in content.decode("utf-8", "surrogateescape").split("\n"):
        text = line.partition("#")[0].partition("\0")[0].lstrip(_BLANKS)
        if re.match("include[ \t]", text):
            entries += [ConfEntry(pattern, is_pattern=True) for pattern in re.split("[ \t]", text[8:]) if pattern]
        elif not re.match("hwcap[ \t]", text, re.IGNORECASE):
            path = text.rstrip(_BLANKS).rstrip("/")
            if path:
                entries.append(ConfEntry(path, is_pattern=False))
    return tuple(entries)
