"""Parse Python sources without running them or printing the parser's warnings."""

from __future__ import annotations

import ast
import sys
import warnings

_REMOVED_MODULES = (
    "aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils formatter imghdr imp lib2to3 mailcap"
)
_REMOVED_MODULES += " msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib uu xdrlib"
STANDARD_MODULES = sys.stdlib_module_names | {*_REMOVED_MODULES.split(), "tomllib"}
"""Modules of the standard library of any supported Python."""
MOST_MARKS = 200_000
"""Limit on the marks of a source: those of 1.5 MB of usual code. The parser needs about 1 KB of memory for each."""
_WORD_BYTES = bytes(byte for byte in range(256) if byte >= 0x80 or chr(byte).isalnum() or chr(byte) in "_ \t\r")


def count_marks(source: bytes) -> int:
    """Return the number of punctuation marks and line ends, which determine the parser's time and memory."""
    return len(source.translate(None, _WORD_BYTES))


def parse_python(source: bytes | str) -> ast.Module | None:
    """Return the tree of a source; None if this interpreter cannot parse it, or it is too large or nested too deeply.

    The parser's warnings, such as for an invalid escape, are ignored, even under `-W error`.
    """
    text = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if count_marks(text) > MOST_MARKS:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
