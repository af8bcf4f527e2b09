"""The `__init__` that a data class gets from its fields."""

from __future__ import annotations

import ast
from itertools import dropwhile
from typing import TYPE_CHECKING

from pip_sysdeps.system.python_syntax import parse_python

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def constructor(node: ast.ClassDef) -> list[ast.stmt]:
    """Return the `__init__` of a dataclass or named tuple; an empty list for another class.

    Source: Python's documentation of `dataclasses`, and of `typing.NamedTuple`.
    """
    fields = dict(_fields(node.body))
    has_one = any(isinstance(each, ast.FunctionDef) and each.name == "__init__" for each in node.body)
    if not fields or has_one or not (node.decorator_list or node.bases):
        return []
    sets = "".join(f" self.{name} = {name}\n" for name in fields)
    tree = parse_python(f"def __init__(self, {', '.join(fields)}):\n{sets}")
    made = tree.body if tree else []  # a field may be called `if` in other letters (PEP 3131)
    for each in made:
        if isinstance(each, ast.FunctionDef):
            each.args.defaults = list(map(_default, dropwhile(lambda value: value is None, fields.values())))
    return made


def _fields(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the annotated names of a class with their values."""
    for each in body:
        match each:
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                yield name, value


def _default(value: ast.expr | None) -> ast.expr:
    """Return the default of a field, also from `field(default=...)`."""
    given = value.keywords if isinstance(value, ast.Call) else []
    return next((each.value for each in given if each.arg == "default"), value or ast.Constant(value=None))
