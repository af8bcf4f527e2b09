"""Parse shlibs files: the dependency for all users of a library, whatever symbols they use. Source: deb-shlibs(5)."""

from __future__ import annotations

import re

_LINE = r"\s*(?:(\S+):\s+)?(\S+)\s+(\S+)(?:\s+(\S.*))?"
_VERSIONED = r"(?s)(.+)\.so\.(.+)"
_UNSTABLE = r"(?s)(.+)-([0-9].*)\.so"


def parse_shlibs(content: bytes, soname: str) -> str | None:
    """Return the dependencies of a library; None if the file does not have it.

    A line of type `deb` takes precedence over one without a type; lines of another form or type are skipped.
    """
    split = re.fullmatch(_VERSIONED, soname) or re.fullmatch(_UNSTABLE, soname)
    if split is None:
        return None
    untyped = None
    for line in content.decode("utf-8", "surrogateescape").split("\n"):
        match = re.fullmatch(_LINE, line.rstrip())
        if match is None or line.startswith("#") or match.group(2, 3) != split.groups():
            continue
        if match[1] == "deb":
            return match[4] or ""
        if match[1] is None and untyped is None:
            untyped = match[4] or ""
    return untyped
