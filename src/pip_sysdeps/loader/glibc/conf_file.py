"""ld.so.conf: the directories of ldconfig, and the patterns of further files.

Source: ldconfig(8); glibc elf/ldconfig.c, parse_conf and add_dir_1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANKS = " \t\n\v\f\r"
"""What isspace(3) takes for a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A line that names a directory."""

    path: str
    """Without slashes at the end; never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """A pattern of an `include` line."""

    pattern: str
    """As glob(7) has it; relative to the folder of the file that it stands in."""


def parse_ld_so_conf(content: bytes) -> tuple[Directory | Include, ...]:
    """Return what the lines say, in order; comments, blank lines and the dead `hwcap` lines say nothing.

    glibc up to 2.36 takes a library type after the directory (`/usr/lib=libc6`); nothing writes that any more, and
    here it is part of the name, as in later ones.
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
