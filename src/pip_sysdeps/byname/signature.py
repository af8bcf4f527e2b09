"""A function's parameters, what a call gives them, and what the function does with that: `allow_fail=True`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Given = tuple[tuple[str, bool], ...]
"""Names, and whether each of them has to be true or false."""

_MOST_GIVEN = 16


def parameters(node: Function | ast.Module) -> list[str]:
    """Return the names of a function's parameters: by place, `*rest`, by keyword."""
    if isinstance(node, ast.Module):
        return []
    own = node.args
    every = [*own.posonlyargs, *own.args, *([own.vararg] if own.vararg else []), *own.kwonlyargs]
    return [each.arg for each in every]


def rest_of(node: Function | ast.Module) -> str:
    """Return the name of `*rest`, or nothing."""
    return "" if isinstance(node, ast.Module) or node.args.vararg is None else node.args.vararg.arg


def defaults(node: Function | ast.Module) -> dict[str, ast.expr]:
    """Return the defaults of a function's parameters."""
    if isinstance(node, ast.Module):
        return {}
    own = node.args
    by_place = [*own.posonlyargs, *own.args]
    with_default = by_place[len(by_place) - len(own.defaults) :]
    found = {each.arg: value for each, value in zip(with_default, own.defaults, strict=True)}
    found |= {each.arg: value for each, value in zip(own.kwonlyargs, own.kw_defaults, strict=True) if value is not None}
    return found


def placed(node: Function | ast.Module) -> list[str]:
    """Return the names of the parameters that a caller gives by place: those before `*rest`, without `self`."""
    if isinstance(node, ast.Module):
        return []
    names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
    return names[1:] if names and names[0] in {"self", "cls"} else names


def truths_if_true(condition: ast.expr) -> Given:
    """Return what a condition wants that is a name, or the negation of one; nothing for any other."""
    match condition:
        case ast.Name(id=name):
            return ((name, True),)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
            return ((name, False),)
    return ()


def truths_if_false(condition: ast.expr) -> Given:
    """Return what makes such a condition false."""
    return tuple((name, not truth) for name, truth in truths_if_true(condition))


def all_of(one: Given, other: Given) -> Given:
    """Return the first few things that are wanted together: a source may have a condition for each of its lines."""
    return one if len(one) >= _MOST_GIVEN else tuple(dict.fromkeys((*one, *other)))


def may_hold(given: Given, known: Mapping[str, bool]) -> bool:
    """Return whether everything wanted is possible, by what is known."""
    return all(known.get(name, truth) is truth for name, truth in given)


def truths_of_call(node: Function | ast.Module, call: ast.Call) -> dict[str, bool]:
    """Return which parameters of a function a call makes true or false, by constants of its own or by defaults.

    What `*` and `**` may give is not known.
    """
    spread = any(isinstance(each, ast.Starred) for each in call.args) or any(not each.arg for each in call.keywords)
    given = {} if spread else {**defaults(node), **dict(zip(placed(node), call.args, strict=False))}
    given |= {each.arg: each.value for each in call.keywords if each.arg}
    return {name: bool(value.value) for name, value in given.items() if isinstance(value, ast.Constant)}
