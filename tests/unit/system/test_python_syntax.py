"""Sources of others, parsed without a word."""

from __future__ import annotations

import warnings
from typing import Literal

import pytest

from pip_sysdeps.system.python_syntax import parse_python


@pytest.mark.parametrize("action", ["always", "error"])
def test_the_parser_says_nothing(action: Literal["always", "error"]) -> None:
    """An invalid escape and `1if` are neither warnings nor errors."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter(action)
        assert parse_python(b"x = '\\d'\ny = 1if x else 2\nz = x is 'a'\n") is not None
    assert said == []


@pytest.mark.parametrize(
    "source", [b"a b", b"\0", b"(" * 3000, b"-" * 100_000 + b"a", b"# coding: nonsense\n", b"\xff"]
)
def test_what_is_no_python(source: bytes) -> None:
    """Invalid Python gives no tree, and no exception."""
    assert parse_python(source) is None
