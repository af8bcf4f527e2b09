"""TOML text as plain values."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.system.toml import parse_toml

LONG = ".".join("a" * 33)


def test_a_table() -> None:
    """Tables are dictionaries, arrays are lists."""
    assert parse_toml("[a]\nb.c = [1, 'x'] # y\n") == {"a": {"b": {"c": [1, "x"]}}}


@pytest.mark.parametrize(
    "text",
    [".".join("a" * 32) + " = 1", f"# {LONG}", f'a = "{LONG}"', f"a = '''\n{LONG} = 1\n'''", f'"{LONG}" = 1'],
)
def test_dots_that_are_no_long_key(text: str) -> None:
    """In a string or a comment, or as many as are allowed."""
    parse_toml(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{LONG} = 1", "has a key of more than 32 parts"),
        (f"[{LONG}]", "has a key of more than 32 parts"),
        (f"a = {{ {LONG} = 1 }}", "has a key of more than 32 parts"),
        ("a = " + "[" * 5_000, "is nested too deeply"),
        ("a = " + "[{b=" * 60, "is nested too deeply"),
    ],
)
def test_text_that_would_cost_too_much(text: str, message: str) -> None:
    """It is refused."""
    with pytest.raises(MalformedError) as caught:
        parse_toml(text)
    assert str(caught.value) == message


def test_text_that_is_no_toml() -> None:
    """The parser's own message follows."""
    with pytest.raises(MalformedError, match=r"^is not TOML: [A-Z]"):
        parse_toml("a = ")
