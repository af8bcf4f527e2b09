"""The `__init__` of a data class, which its source does not have."""

from __future__ import annotations

import ast
from itertools import dropwhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def constructor(node: ast.ClassDef) -> list[ast.stmt]:
    """Return the `__init__` that a dataclass, or the like, makes of its fields; none for another class.

    Source: Python's documentation of `dataclasses`, and of `typing.NamedTuple`.
    """
    fields = dict(_fields(node.body))
    has_one = any(isinstance(each, ast.FunctionDef) and each.name == "__init__" for each in node.body)
    if not fields or has_one or not (node.decorator_list or node.bases):
        return []
    sets = "".join(f" self.{name} = {name}\n" for name in fields)
    made = ast.parse(f"def __init__(self, {', '.join(fields)}):\n{sets}").body
    for each in made:
        if isinstance(each, ast.FunctionDef):
            each.args.defaults = list(map(_default, dropwhile(lambda value: value is None, fields.values())))
    return made


def _fields(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the annotated names of a class, with their values."""
    for each in body:
        match each:
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                yield name, value


def _default(value: ast.expr | None) -> ast.expr:
    """Return the default of a field: that of `field(default=...)`, too."""
    given = value.keywords if isinstance(value, ast.Call) else []
    return next((each.value for each in given if each.arg == "default"), value or ast.Constant(value=None))
