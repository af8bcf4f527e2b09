"""Which files of a distribution its own Python sources name, read as text and never run.

A library opened by ctypes or cffi and a program started by subprocess are named by a string somewhere. The string may
be whole (`"lib_lightgbm.so"`) or put together (`f"libtorchcodec_core{major}.so"`, `"lib%s.so" % name`).
"""

from __future__ import annotations

import ast
import re
from itertools import islice
from typing import TYPE_CHECKING

from pip_sysdeps.system.python_syntax import parse_python

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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

_COMPUTED = "\0"
"""Stands for a piece of a string that only a run would tell."""

_END_OF_STRING = re.compile(rb"""["'/\\]([^"'/\\\n]+)(?=["'])""")
_FEW_NAMES = 16
"""Names that are looked for one by one, which is faster."""
_MOST_COMPUTED = 1000
"""Strings of one source that are put together and begin like a name."""

_DEEP = 50
"""Strings that are added up, of which the first is still looked at."""


def beginnings(names: Iterable[str]) -> tuple[re.Pattern[bytes], ...]:
    """Return patterns for a part of a path that begins like any of the names, and for what may go on with it.

    One for each letter that may stand before it: a pattern that begins with a letter is found in half the time.
    """
    part = b"(" + _any_of({name[:_HEAD] for name in names}) + _PIECE + b")" + _MORE
    return tuple([re.compile(re.escape(begin) + part) for begin in _BEGIN])


def mentioned(source: bytes, names: frozenset[str], begun: Sequence[re.Pattern[bytes]]) -> frozenset[str]:
    """Return those file names, of one or more, that a string of this Python source names.

    A name counts as a whole string or as the last part of a path in one. Sources that do not parse are searched as text
    only. `begun` has the `beginnings` of these names, and perhaps of more.
    Source: the Python language reference, 2.4.1 to 2.4.3 (string literals).
    """
    found = {each for pattern in begun for each in pattern.findall(source)}
    if not found:
        return frozenset()
    parts = {(text.decode("utf-8", "surrogateescape"), bool(more)) for text, more in found}
    possible = _that_begin(names, {text for text, _ in parts})
    whole = _whole(source, possible)
    rest = frozenset(names - whole)
    if _that_begin(rest, {text for text, more in parts if more}) and _LOADERS.search(source):
        computed = tuple(islice(_computed_names(source, rest), _MOST_COMPUTED))
        whole |= {name for name in rest if any(_fits(name, pieces) for pieces in computed)}
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


def _computed_names(source: bytes, names: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Yield the last path part of each string that the source puts together, if a name begins like it.

    It is in pieces, between which anything may stand.
    """
    tree = parse_python(source)
    heads = {name[:end] for name in names for end in range(len(name) + 1)}
    for node in () if tree is None else _computed(tree):
        head, *rest = _text(node).rpartition("/")[2].split(_COMPUTED)
        if len(head) >= _HEAD and head in heads:
            yield head, *rest


def _fits(name: str, pieces: tuple[str, ...]) -> bool:
    """Return whether a name has the pieces in this order, the first at its begin and the last at its end.

    No regular expression: hundreds of pieces would be tried in all ways.
    """
    first, *rest = pieces
    if not rest:
        return name == first
    *between, last = rest
    if not (name.startswith(first) and name.endswith(last)):
        return False
    place, end = len(first), len(name) - len(last)
    for piece in between:
        found = name.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return place <= end


def _computed(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the expressions that may put a string together; `ast.walk` takes twice as long."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)):
            yield node
        for part in vars(node).values():
            if isinstance(part, list):
                pending += [each for each in part if isinstance(each, ast.AST)]
            elif isinstance(part, ast.AST):
                pending.append(part)


def _text(node: ast.AST, depth: int = 0) -> str:
    """Return a string expression's text, with `_COMPUTED` for each piece that is no literal, or lies too deep."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_text(value, depth) for value in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right) if depth < _DEEP:
            return _text(left, depth + 1) + _text(right, depth + 1)
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            return re.sub(r"%[a-z]", _COMPUTED, text)
        case _:
            return _COMPUTED
