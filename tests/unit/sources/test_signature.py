"""A function's parameters, and what a call says by them."""

from __future__ import annotations

import ast

import pytest

from pip_sysdeps.sources.signature import defaults, parameters, placed, rest_of, truths_of_call

FUNCTION = "def f(self, a, /, b=True, *rest, c, d=False): ..."


def function(source: str = FUNCTION) -> ast.FunctionDef:
    """Return a function's syntax tree."""
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


def test_parameters() -> None:
    """By place, `*rest`, by keyword; a caller does not give `self`."""
    node = function()
    assert (parameters(node), placed(node), rest_of(node)) == (["self", "a", "b", "rest", "c", "d"], ["a", "b"], "rest")
    assert {name: ast.unparse(value) for name, value in defaults(node).items()} == {"b": "True", "d": "False"}


@pytest.mark.parametrize(
    ("call", "known"),
    [
        ("f(x)", {"b": True, "d": False}),
        ("f(0, False, c=1)", {"a": False, "b": False, "c": True, "d": False}),
        ("f(x, b=y, d=True)", {"d": True}),
        ("f(*x, d=True)", {"d": True}),
        ("f(1, **x)", {}),
    ],
)
def test_what_a_call_makes_true_or_false(call: str, known: dict[str, bool]) -> None:
    """By constants of its own or by defaults; what `*` and `**` may give is not known."""
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    assert truths_of_call(function(), node) == known
