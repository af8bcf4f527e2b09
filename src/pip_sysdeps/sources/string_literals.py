"""Find the names of files in the string literals of a source.

A library that ctypes or cffi opens, or a program that subprocess runs, is named by a string. The string may be whole
(`"lib_lightgbm.so"`) or partly computed (`f"libtorchcodec_core{major}.so"`, `"lib%s.so" % name`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.sources.module import imported_names
from pip_sysdeps.sources.source import any_of
from pip_sysdeps.system.python_syntax import parse_python

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HEAD = 6
"""A partly computed name must have this many characters in common with the file's name."""

_LOADERS = re.compile(rb"CDLL|PyDLL|LoadLibrary|dlopen|load_(?:[a-z]+_)?library|find_library|subprocess")
"""Sources without any of these words do not compute names of libraries and programs."""

_BEGIN = (b'"', b"'", b"/", b"\\")
"""Characters before a string or a part of a path; a look-behind would be tried at every byte."""

_PIECE = rb"""[^"'{%/\\\n]*"""
"""The literal part of a string."""

_MORE = rb"""(?=([{%\\]|["'][\s)\\]*(?:[+#]|[fFrRbBuU]{0,2}["']))?)"""
"""The start of a computed part: a replacement field, an escape, `+`, or another literal."""


_END_OF_STRING = re.compile(rb"""["'/\\]([^"'/\\\n]+)(?=["'])""")
_FEW_NAMES = 16
"""Up to this many names, separate searches are faster."""


def beginnings(names: Iterable[str]) -> tuple[re.Pattern[bytes], ...]:
    """Return patterns for strings that start like any of the names.

    There is one for each character before a string, because patterns with a fixed start take half the time.
    """
    part = b"(" + any_of({name[:_HEAD] for name in names}) + _PIECE + b")" + _MORE
    return tuple([re.compile(re.escape(begin) + part) for begin in _BEGIN])


def mentioned(source: bytes, names: frozenset[str], begun: Sequence[re.Pattern[bytes]]) -> frozenset[str]:
    """Return the file names that a string of this source names.

    A whole string or the last part of a path counts, and in a source with a loader also the start of a computed string.
    `begun` has the `beginnings` of these names, and perhaps of more. Source: the Python language reference, 2.4.1 to
    2.4.3 (string literals).
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
    """Return the top-level modules that a source imports outside any block; empty if it cannot be parsed."""
    tree = parse_python(source)
    absolute = [node for node in (tree.body if tree else ()) if not getattr(node, "level", 0)]
    return frozenset(name.partition(".")[0] for node in absolute for name in imported_names(node, ""))


def _that_begin(names: Iterable[str], beginnings: set[str]) -> set[str]:
    """Return the names that start with one of some texts."""
    heads = {text[:_HEAD] for text in beginnings}
    likely = (name for name in names if name[:_HEAD] in heads)
    return {name for name in likely if any(name[:end] in beginnings for end in range(len(name) + 1))}


def _whole(source: bytes, names: set[str]) -> set[str]:
    """Return the names at the end of a string; many names are found in one search."""
    if len(names) <= _FEW_NAMES:
        return {name for name in names if _is_whole(source, name)}
    ends = {text.decode("utf-8", "surrogateescape") for text in _END_OF_STRING.findall(source)}
    return names & ends


def _is_whole(source: bytes, name: str) -> bool:
    """Return whether a name is at the end of a string."""
    text = name.encode("utf-8", "surrogateescape")
    return text in source and re.search(rb"""["'/\\]""" + re.escape(text) + rb"""["']""", source) is not None
