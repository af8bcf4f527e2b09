"""Dynamic string tokens: `$ORIGIN`, `$LIB` and `$PLATFORM`, with braces or without.

Source: ld.so(8), "Dynamic string tokens"; glibc elf/dl-load.c, is_dst and _dl_dst_substitute.
"""

from __future__ import annotations

import re

_DST = r"\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)(?![A-Za-z0-9_]))"


def expand(text: str, *, origin: str, lib: str, platform: str) -> str | None:
    """Return the text with its tokens replaced, or None if one of them has no value.

    An unknown `$FOO` is kept. The loader drops a search path's element with a token that has no value. Only
    `$PLATFORM` can have none, or an unknown one.
    """
    if "$" not in text:
        return text
    values = {"ORIGIN": origin, "LIB": lib, "PLATFORM": platform}
    names = [braced or plain for braced, plain in re.findall(_DST, text)]
    if not all(values[name] for name in names):
        return None
    return re.sub(_DST, lambda match: values[match[1] or match[2]], text)
