"""The `__init__` that a data class gets from its fields."""

from __future__ import annotations

import ast
from itertools import dropwhile

from pip_sysdeps.system.python_syntax import parse_python


def constructor(node: ast.ClassDef) -> list[ast.stmt]:
    """Return the `__init__` of a dataclass or named tuple; an empty list for another class.

    Source: Python's documentation of `dataclasses`, and of `typing.NamedTuple`.
    """
    annotated = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    fields = {each.target.id: each.value for each in annotated if isinstance(each.target, ast.Name)}
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


def _default(value: ast.expr | None) -> ast.expr:
    """Return the default of a field, also from `field(default=...)` and `field(default_factory=lambda: ...)`."""
    given = {each.arg: each.value for each in value.keywords} if isinstance(value, ast.Call) else {}
    factory = given.get("default_factory")
    made = factory.body if isinstance(factory, ast.Lambda) else value
    return given.get("default") or made or ast.Constant(value=None)
