"""Versions of apk packages and their order. Source: apk-package(5), "PACKAGE NAMES AND VERSIONS"; src/version.c.

number{.number}...{letter}{_suffix{number}}...{~hash}{-r#}
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cmp_to_key
from typing import NamedTuple, TypeVar

_Key = TypeVar("_Key", int, str, "tuple[int, str]")

_SUFFIXES = ("alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p")
"""Suffixes in order; those before the empty one mark a pre-release."""
_NO_SUFFIX = _SUFFIXES.index("")


class _Kind(IntEnum):
    """The kinds of parts. If two versions differ in kind, the version with the later kind is older."""

    FIRST_NUMBER = 0
    NUMBER = 1
    LETTER = 2
    SUFFIX = 3
    SUFFIX_NUMBER = 4
    HASH = 5
    REVISION = 6
    END = 7
    INVALID = 8


class _Part(NamedTuple):
    kind: _Kind
    text: str = ""


_END, _INVALID = _Part(_Kind.END), _Part(_Kind.INVALID)
_FORM = re.compile(r"([0-9]+)((?:\.[0-9]+)*)([a-z]?)((?:_[a-z]+[0-9]*)*)(?:~([0-9a-f]+))?(?:-r([0-9]+))?")


def is_version(text: str) -> bool:
    """Return whether apk accepts a text as a version."""
    return _parts(text)[-1] is _END


def compare(one: str, other: str) -> int:
    """Return -1, 0 or 1 as apk orders two versions.

    Any text can be compared: text after the last valid part makes a version older.
    """
    orders = (_compare_parts(first, second) for first, second in zip(_parts(one), _parts(other), strict=False))
    return next(filter(None, orders), 0)


version_key = cmp_to_key(compare)
"""Return a key that orders versions as apk does."""


def _compare_parts(one: _Part, other: _Part) -> int:
    if one.kind is not other.kind:
        return _compare_kinds(one, other)
    if one.kind in {_Kind.LETTER, _Kind.HASH, _Kind.END, _Kind.INVALID}:
        return _sign(one.text, other.text)
    if one.kind is _Kind.SUFFIX:
        return _sign(_SUFFIXES.index(one.text), _SUFFIXES.index(other.text))
    if one.kind is _Kind.NUMBER and (one.text.startswith("0") or other.text.startswith("0")):
        return _sign(one.text, other.text)  # as in Gentoo: after a point, 1.05 is before 1.1
    return _sign(_number(one.text), _number(other.text))


def _compare_kinds(one: _Part, other: _Part) -> int:
    """Order two versions with different kinds of parts: the longer version is newer, unless by a pre-release suffix."""
    for part, order in ((one, -1), (other, 1)):
        if part.kind is _Kind.SUFFIX and _SUFFIXES.index(part.text) < _NO_SUFFIX:
            return order
    return _sign(other.kind, one.kind)


def _parts(text: str) -> list[_Part]:
    """Split a version into its parts; the last is END, or INVALID from the first invalid part on."""
    match = _FORM.match(text)
    if match is None:
        return [_INVALID]
    first, numbers, letter, suffixes, commit, revision = match.groups("")
    parts = [_Part(_Kind.FIRST_NUMBER, first)]
    parts += [_Part(_Kind.NUMBER, number) for number in numbers.split(".")[1:]]
    parts += [_Part(_Kind.LETTER, letter)] if letter else []
    for name, number in re.findall(r"_([a-z]+)([0-9]*)", suffixes):
        if name not in _SUFFIXES:
            return [*parts, _INVALID]
        parts.append(_Part(_Kind.SUFFIX, name))
        parts += [_Part(_Kind.SUFFIX_NUMBER, number)] if number else []
    parts += [_Part(_Kind.HASH, commit)] if commit else []
    parts += [_Part(_Kind.REVISION, revision)] if revision else []
    return [*parts, _END if match.end() == len(text) else _INVALID]


def _number(digits: str) -> tuple[int, str]:
    """Return a sort key of a number of any length, in linear time."""
    significant = digits.lstrip("0")
    return len(significant), significant


def _sign(one: _Key, other: _Key) -> int:
    return (one > other) - (one < other)
