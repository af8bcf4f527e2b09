"""TOML text as plain values."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Any

from pip_sysdeps.errors import MalformedError

_MOST_PARTS = 32
"""Parts of a dotted key: time and memory of the parsers grow with their square."""
_DEEPEST = 100
"""Depth from which an error is about the nesting: tomlkit's limit; tomllib has that of Python's recursion."""
_STRING_OR_COMMENT = (
    r'''(?s)"""(?:[^\\]|\\.)*?(?:"""|\Z)|\'\'\'.*?(?:\'\'\'|\Z)|"(?:[^"\\\n]|\\[^\n])*"?|'[^'\n]*'?|\#[^\n]*'''
)
_BRACKET = r"[\[\]{}]"
_KEY = r"[\w-]+(?:[ \t]*\.[ \t]*[\w-]+)*"


def parse_toml(text: str) -> dict[str, Any]:
    """Return the table of a text. Raise MalformedError for text that is not TOML."""
    try:
        import tomllib as toml  # type: ignore[import-not-found] # noqa: PLC0415 - Python 3.11 and later: 9 times faster
    except ModuleNotFoundError:
        import tomlkit as toml  # noqa: PLC0415
    if _longest_key(text) > _MOST_PARTS:
        raise MalformedError(f"has a key of more than {_MOST_PARTS} parts")
    try:
        document = toml.loads(text)
    except (RecursionError, ValueError) as error:
        nested = isinstance(error, RecursionError) or _depth(text) > _DEEPEST
        raise MalformedError("is nested too deeply" if nested else f"is not TOML: {error}") from error
    table: dict[str, Any] = document.unwrap() if hasattr(document, "unwrap") else document
    return table


def _longest_key(text: str) -> int:
    """Count the parts of the longest dotted key, if not more than are allowed stand on any line.

    A string counts as one part, whether it is a key or a value.
    """
    if max(map(_dots, text.split("\n"))) < _MOST_PARTS:
        return 0
    return max((match[0].count(".") + 1 for match in re.finditer(_KEY, _without_strings(text))), default=0)


def _depth(text: str) -> int:
    """Return how deeply arrays and inline tables are nested."""
    steps = (1 if match[0] in "[{" else -1 for match in re.finditer(_BRACKET, _without_strings(text)))
    return max(accumulate(steps), default=0)


def _without_strings(text: str) -> str:
    """Return the text without comments, and with a letter for each string."""
    return re.sub(_STRING_OR_COMMENT, lambda match: "" if match[0].startswith("#") else "s", text)


def _dots(line: str) -> int:
    return line.count(".")
