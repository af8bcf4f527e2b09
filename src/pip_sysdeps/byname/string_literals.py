"""Which files of a distribution its own Python sources name, read as text and never run.

A library opened by ctypes or cffi and a program started by subprocess are named by a string somewhere. The string may
be whole (`"lib_lightgbm.so"`) or put together (`f"libtorchcodec_core{major}.so"`, `"lib%s.so" % name`).
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from pip_sysdeps.system.python_syntax import parse_python

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HEAD = 6
"""Characters of a file's name that a string must have as they are, for the rest of it to be computed."""

_LOADERS = re.compile(rb"CDLL|PyDLL|LoadLibrary|dlopen|load_(?:[a-z]+_)?library|find_library|subprocess")
"""A source without any of these puts no library's or program's name together."""

_BEGIN = (b'"', b"'", b"/", b"\\")
"""What stands before a string or a part of a path: no look-behind, which would be tried at every byte."""

_PIECE = rb"""[^"'{%/\\\n]*"""
"""What surely stands in a string as it is."""

_MORE = rb"""(?=([{%\\]|["'][\s)\\]*(?:[+#]|[fFrRbBuU]{0,2}["']))?)"""
"""What stands behind it where the string is put together: a value, an escape, `+`, or the next literal."""


_END_OF_STRING = re.compile(rb"""["'/\\]([^"'/\\\n]+)(?=["'])""")
_FEW_NAMES = 16
"""Names that are looked for one by one, which is faster."""


def beginnings(names: Iterable[str]) -> tuple[re.Pattern[bytes], ...]:
    """Return patterns for a part of a path that begins like any of the names, and for what may go on with it.

    One for each letter that may stand before it: a pattern that begins with a letter is found in half the time.
    """
    part = b"(" + _any_of({name[:_HEAD] for name in names}) + _PIECE + b")" + _MORE
    return tuple([re.compile(re.escape(begin) + part) for begin in _BEGIN])


def mentioned(source: bytes, names: frozenset[str], begun: Sequence[re.Pattern[bytes]]) -> frozenset[str]:
    """Return those file names, of one or more, that a string of this Python source names.

    A name counts as a whole string or as the last part of a path in one, and so does what begins like a string that is
    put together, in a source with a loader. `begun` has the `beginnings` of these names, and perhaps of more.
    Source: the Python language reference, 2.4.1 to 2.4.3 (string literals).
    """
    found = {each for pattern in begun for each in pattern.findall(source)}
    if not found:
        return frozenset()
    parts = {(text.decode("utf-8", "surrogateescape"), bool(more)) for text, more in found}
    possible = _that_begin(names, {text for text, _ in parts})
    whole = _whole(source, possible)
    computed = {text for text, more in parts if more and len(text) >= _HEAD}
    if computed and _LOADERS.search(source):
        whole |= _that_begin(names, computed)
    return frozenset(whole)


def imported(source: bytes) -> frozenset[str]:
    """Return the top-level modules that a source cannot do without: it imports them without a condition.

    Of a source that does not parse there are none.
    """
    tree = parse_python(source)
    names: set[str] = set()
    for node in tree.body if tree else ():
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name.partition(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module.partition(".")[0])
    return frozenset(names)


def _that_begin(names: Iterable[str], beginnings: set[str]) -> set[str]:
    """Return the names that begin with one of some texts."""
    heads = {text[:_HEAD] for text in beginnings}
    likely = (name for name in names if name[:_HEAD] in heads)
    return {name for name in likely if any(name[:end] in beginnings for end in range(len(name) + 1))}


def _whole(source: bytes, names: set[str]) -> set[str]:
    """Return the names that stand at the end of a string; many of them are found in one look at the source."""
    if len(names) <= _FEW_NAMES:
        return {name for name in names if _is_whole(source, name)}
    ends = {text.decode("utf-8", "surrogateescape") for text in _END_OF_STRING.findall(source)}
    return names & ends


def _is_whole(source: bytes, name: str) -> bool:
    """Return whether the name stands at the end of a string."""
    text = name.encode("utf-8", "surrogateescape")
    return text in source and re.search(rb"""["'/\\]""" + re.escape(text) + rb"""["']""", source) is not None


def _any_of(texts: Iterable[str]) -> bytes:
    return b"(?:" + b"|".join(re.escape(text.encode("utf-8", "surrogateescape")) for text in sorted(texts)) + b")"
