"""Parse Python sources without running them or printing the parser's warnings."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from itertools import pairwise

_REMOVED_MODULES = (
    "aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils formatter imghdr imp lib2to3 mailcap"
)
_REMOVED_MODULES += " msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib uu xdrlib"
STANDARD_MODULES = sys.stdlib_module_names | {*_REMOVED_MODULES.split(), "tomllib"}
"""Modules of the standard library of any supported Python."""
MOST_MARKS = 200_000
"""Limit on the marks of a source: those of 1.5 MB of usual code. The parser needs about 1 KB of memory for each."""
_DOTTED_NAMES = rb"[\w\x80-\xff., \t\f]*(?:\\(?:\r\n?|\n)[\w\x80-\xff., \t\f]*)*"
_IMPORTS = [re.compile(word + _DOTTED_NAMES) for word in (b"import", b"from")]
_MOST_DOTS = 100
"""Limit on the dots of an import: the parser needs squared time and memory for the parts of a dotted name."""
_COOKIE = re.compile(rb"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
"""The encoding of a source, in one of its first two lines (PEP 263)."""
_ESCAPED_MARKS = rb"+AC4- \x2e \u002e"
_WORD_BYTES = bytes(byte for byte in range(256) if byte >= 0x80 or chr(byte).isalnum() or chr(byte) in "_ \t\r")

_MOST_FORMAT_WORK = 500_000_000
"""Bytes of f-strings, counted for each of their fields: a second or two."""


def count_marks(source: bytes) -> int:
    """Return the number of punctuation marks and line ends, which determine the parser's time and memory."""
    return len(source.translate(None, _WORD_BYTES))


def parse_python(source: bytes | str) -> ast.Module | None:
    """Return the tree of a source; None if this interpreter cannot parse it, or it is too large or nested too deeply.

    The parser's warnings, such as for an invalid escape, are ignored, even under `-W error`.
    """
    text = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if count_marks(text) > MOST_MARKS or _has_long_import(text) or _hides_marks(text):
        return None
    if sys.version_info < (3, 12) and _format_work(text) > _MOST_FORMAT_WORK:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _has_long_import(source: bytes) -> bool:
    return any(match[0].count(b".") > _MOST_DOTS for pattern in _IMPORTS for match in pattern.finditer(source))


def _format_work(source: bytes) -> int:
    """Return the bytes of f-strings times their fields: before 3.12, the parser reads them again for each field.

    Where an f-string begins, or seems to, its bytes are those up to the next quotation mark of its kind.
    """
    if len(source) * source.count(b"{") <= _MOST_FORMAT_WORK:
        return 0
    text = re.sub(rb"(?s)\\.", b"", source)
    parts = (pairwise(text.split(quote)) for quote in (b'"""', b"'''", b'"', b"'"))
    bodies = (body for pairs in parts for before, body in pairs if before[-2:].lower().endswith((b"f", b"fr")))
    return sum(len(body) * body.count(b"{") for body in bodies)


def _hides_marks(source: bytes) -> bool:
    """Return whether a source has an encoding in which its marks are not those of ASCII, such as UTF-7."""
    cookie = _COOKIE.match(source)
    try:
        return cookie is not None and _ESCAPED_MARKS.decode(cookie[1].decode()) != _ESCAPED_MARKS.decode()
    except LookupError:  # an error for the parser, too, or `utf-8-unix`
        return False
    except ValueError:
        return True
