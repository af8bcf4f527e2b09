"""Parse ld.so.conf: the directories of ldconfig, and patterns of included files.

Source: ldconfig(8); glibc elf/ldconfig.c, parse_conf and add_dir_1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANKS = " \t\n\v\f\r"
"""White space of isspace(3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A line that names a directory."""

    path: str
    """The directory, without slashes at the end; never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """A pattern of an `include` line."""

    pattern: str
    """A pattern of glob(7), relative to the folder of the including file."""


def parse_ld_so_conf(content: bytes) -> tuple[Directory | Include, ...]:
    """Return the entries in order, without comments, blank lines and obsolete `hwcap` lines.

    glibc up to 2.36 accepts a library type after the directory (`/usr/lib=libc6`), which is no longer used. It is
    parsed as part of the name, as in later versions.
    """
    entries: list[Directory | Include] = []
    for line in content.decode("utf-8", "surrogateescape").split("\n"):
        text = line.partition("#")[0].partition("\0")[0].lstrip(_BLANKS)
        if re.match("include[ \t]", text):
            entries += [Include(pattern=pattern) for pattern in re.split("[ \t]", text[8:]) if pattern]
        elif not re.match("hwcap[ \t]", text, re.IGNORECASE):
            path = text.rstrip(_BLANKS).rstrip("/")
            if path:
                entries.append(Directory(path=path))
    return tuple(entries)
