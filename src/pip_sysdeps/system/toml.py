"""Parse TOML."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Any

from pip_sysdeps.errors import MalformedError

_MAX_KEY_PARTS = 32
"""Limit on the parts of a dotted key: the parsers' time and memory are quadratic."""
_MAX_DEPTH = 100
"""Depth above which an error is about the nesting: tomlkit's limit; tomllib's depends on Python's recursion limit."""
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
    if _longest_key(text) > _MAX_KEY_PARTS:
        raise MalformedError(f"has a key of more than {_MAX_KEY_PARTS} parts")
    try:
        document = toml.loads(text)
    except (RecursionError, ValueError) as error:
        is_nested = isinstance(error, RecursionError) or _depth(text) > _MAX_DEPTH
        raise MalformedError("is nested too deeply" if is_nested else f"is not TOML: {error}") from error
    table: dict[str, Any] = document.unwrap() if hasattr(document, "unwrap") else document
    return table


def _longest_key(text: str) -> int:
    """Return the number of parts of the longest dotted key; 0 if no line has more dots than allowed.

    A string counts as one part, whether it is a key or a value.
    """
    if max(map(_dots, text.split("\n"))) < _MAX_KEY_PARTS:
        return 0
    return max((match[0].count(".") + 1 for match in re.finditer(_KEY, _without_strings(text))), default=0)


def _depth(text: str) -> int:
    """Return the nesting depth of arrays and inline tables."""
    steps = (1 if match[0] in "[{" else -1 for match in re.finditer(_BRACKET, _without_strings(text)))
    return max(accumulate(steps), default=0)


def _without_strings(text: str) -> str:
    """Return the text without comments, and with each string replaced by a letter."""
    return re.sub(_STRING_OR_COMMENT, lambda match: "" if match[0].startswith("#") else "s", text)


def _dots(line: str) -> int:
    return line.count(".")
