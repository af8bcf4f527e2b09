"""The parameters of a function, the arguments of a call, and conditions on them: `allow_fail=True`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Given = tuple[tuple[str, bool], ...]
"""Names, each with the truth value that it must have."""

_MOST_GIVEN = 16
_NONE = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])


def parameters(node: Function | ast.Module) -> list[str]:
    """Return the names of a function's parameters: positional, `*rest`, keyword-only."""
    own = _of(node)
    return [each.arg for each in (*own.posonlyargs, *own.args, *filter(None, [own.vararg]), *own.kwonlyargs)]


def rest_of(node: Function | ast.Module) -> str:
    """Return the name of `*rest`, or an empty string."""
    rest = _of(node).vararg
    return rest.arg if rest else ""


def defaults(node: Function | ast.Module) -> dict[str, ast.expr]:
    """Return the defaults of a function's parameters."""
    own = _of(node)
    last_first = zip(reversed([*own.posonlyargs, *own.args]), reversed(own.defaults), strict=False)
    by_name = zip(own.kwonlyargs, own.kw_defaults, strict=True)
    return {each.arg: value for each, value in (*reversed([*last_first]), *by_name) if value is not None}


def placed(node: Function | ast.Module) -> list[str]:
    """Return the names of a function's positional parameters, without `self` and `*rest`."""
    names = [each.arg for each in (*_of(node).posonlyargs, *_of(node).args)]
    return names[1:] if names and names[0] in {"self", "cls"} else names


def _of(node: Function | ast.Module) -> ast.arguments:
    """Return the parameters of a function; a module has none."""
    return _NONE if isinstance(node, ast.Module) else node.args


def arguments(call: ast.Call) -> list[ast.expr]:
    """Return the positional arguments of a call, without the object of `Base.__init__(self, ...)`."""
    match call:
        case ast.Call(func=ast.Attribute(attr="__init__"), args=[ast.Name(id="self"), *rest]):
            return rest
    return call.args


def given_also(given: Given, condition: ast.expr, *, truth: bool) -> Given:
    """Return conditions with that of a condition's truth: of `name` or `not name`, and up to a limit."""
    match condition:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name() as name):
            return given_also(given, name, truth=not truth)
        case ast.Name(id=name) if len(given) < _MOST_GIVEN:
            return tuple(dict.fromkeys((*given, (name, truth))))
    return given


def may_hold(given: Given, known: Mapping[str, bool]) -> bool:
    """Return whether conditions are possible, given some truth values."""
    return all(known.get(name, truth) is truth for name, truth in given)


def truths_of_call(node: Function | ast.Module, call: ast.Call) -> dict[str, bool]:
    """Return the truth values that a call or the defaults give to a function's parameters.

    Only constants count; `*` and `**` are unknown.
    """
    spread = any(isinstance(each, ast.Starred) for each in call.args) or any(not each.arg for each in call.keywords)
    given = {} if spread else {**defaults(node), **dict(zip(placed(node), arguments(call), strict=False))}
    given |= {each.arg: each.value for each in call.keywords if each.arg}
    return {name: bool(value.value) for name, value in given.items() if isinstance(value, ast.Constant)}
