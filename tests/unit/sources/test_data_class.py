"""The `__init__` of a data class, compared with that of Python's own."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.sources.data_class import constructor

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = """
class Tool:
    name: str
    program: str = "gs"
    options: tuple = field(default=("-q",))
"""


def made(source: str) -> ast.FunctionDef:
    """Return the `__init__` that is made for the only class of a source."""
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.ClassDef)
    (init,) = constructor(node)
    assert isinstance(init, ast.FunctionDef)
    return init


def parameters(function: Callable[..., object]) -> list[tuple[str, object]]:
    """Return the names and defaults of a function's parameters."""
    return [(each.name, each.default) for each in inspect.signature(function).parameters.values()]


def test_it_takes_what_python_s_own_takes() -> None:
    """The same parameters in the same order, with the same defaults."""
    judged: dict[str, Callable[..., object]] = {}
    exec(f"from dataclasses import dataclass, field\n@dataclass{FIELDS}\ninit = Tool.__init__", judged)  # noqa: S102
    found: dict[str, Callable[..., object]] = {}
    exec(compile(ast.Module(body=[made(f"@dataclass{FIELDS}")], type_ignores=[]), "made", "exec"), found)  # noqa: S102
    assert parameters(found["__init__"]) == parameters(judged["init"])


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("class A:\n    x: int = 1", id="neither a decorator nor a base"),
        pytest.param("@dataclass\nclass A:\n    x = 1", id="no field"),
        pytest.param("@attrs\nclass A:\n    x: int\n    def __init__(self): pass", id="one of its own"),
    ],
)
def test_a_class_without_one(source: str) -> None:
    """Nothing is made."""
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.ClassDef)
    assert constructor(node) == []
