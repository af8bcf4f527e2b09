"""Versions of Debian packages and their order. Source: deb-version(7), Debian Policy 5.6.12."""

from __future__ import annotations

import re

VersionKey = tuple["tuple[int, str]", "tuple[_Part, ...]", "tuple[_Part, ...]"]
"""Epoch, upstream version and revision, made to be compared."""

_Part = tuple["tuple[int, ...]", "tuple[int, str]"]
"""A run of non-digits, each as its rank, and the number after it, as its length and its digits."""

_RUN = re.compile(r"([^0-9]*)([0-9]*)")


def version_key(version: str) -> VersionKey:
    """Return a key that orders versions as dpkg does: equal for `1.0`, `0:1.0` and `1.0-0`.

    Any text has a key. Numbers are compared as text, so that a hostile one of a million digits is cheap.
    """
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "", version
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    return _number(epoch), _parts(upstream), _parts(revision)


def _parts(text: str) -> tuple[_Part, ...]:
    """Split a text into runs, including the empty one at its end; an empty text counts as 0."""
    return tuple(((*map(_rank, letters), 0), _number(digits)) for letters, digits in _RUN.findall(text or "0"))


def _rank(character: str) -> int:
    """Return the rank of a character: a tilde before the end of the text, which is 0, then letters, then all others."""
    if character == "~":
        return -1
    return ord(character) + (0 if character.isascii() and character.isalpha() else 256)


def _number(digits: str) -> tuple[int, str]:
    significant = digits.lstrip("0")
    return len(significant), significant
