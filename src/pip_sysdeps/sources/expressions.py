"""The parts of an expression."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from pip_sysdeps.sources.callables import CALLERS, FIRST_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.sources.module import Module
    from pip_sysdeps.sources.steps import Steps

_LEAVES = re.compile(r"_*(?:exit|die|abort)(?:_(?:func|with|on)\w*)?")
"""Names of functions that end the program."""

_TEXTS = {"format", "join", "str", "repr", "gettext", "_"}
"""Names of functions that return a message."""


def text_of(node: ast.expr, steps: Steps) -> str:
    """Return the source of an expression; three dots for one that is nested too deeply, or has a huge number."""
    steps.take(sum(1 for _ in ast.walk(node)))
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        return "..."


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name, such as `run` of `self.tool.run`; else an empty string."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def first_name(node: ast.expr) -> str:
    """Return the first part of a dotted name; else an empty string."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def first_argument(call: ast.Call) -> ast.expr | None:
    """Return the first argument of a call that opens or runs something, positional or by keyword.

    Of unpacked keywords (`**options`), that is `options["args"]`.
    """
    if call.args:
        return call.args[0]
    named = {each.arg: each.value for each in call.keywords}
    unpacked = named.get(None)
    item = ast.Subscript(unpacked, ast.Constant("args"), ast.Load()) if unpacked else None
    return next((named[name] for name in FIRST_PARAMETERS if name in named), item)


def names_in(node: ast.AST, steps: Steps) -> set[str]:
    """Return the variables and attributes in an expression."""
    every = [*ast.walk(node)]
    steps.take(len(every))
    return {each.id for each in every if isinstance(each, ast.Name)} | {
        each.attr for each in every if isinstance(each, ast.Attribute)
    }


def ends_well(call: ast.Call) -> bool:
    """Return whether a call that ends the program reports success, or what another call returns."""
    match call.args:
        case [] | [ast.Constant(value=0 | None)]:
            return True
        case [ast.Call(func=func)]:
            return last_name(func) not in _TEXTS
    return False


def leaves(node: ast.AST) -> bool:
    """Return whether a node is a call that ends the program, by its name: `sys.exit()`, `quit()`, `die("no tool")`."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name == "quit" or _LEAVES.fullmatch(name) is not None
        case ast.Call(func=ast.Attribute(attr=name)):
            return _LEAVES.fullmatch(name) is not None
    return False


def is_cffi(call: ast.Call) -> bool:
    """Return whether a call opens a library with cffi: `ffi.dlopen(...)`."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "dlopen"


def iterated_mapping(value: ast.expr, place: int | None) -> ast.expr | None:
    """Return the dictionary whose keys a loop visits: `for key in m.keys()`, `for key, value in m.items()`."""
    match value:
        case ast.Call(func=ast.Attribute(value=mapping, attr="items"), args=[]) if place == 0:
            return mapping
        case ast.Call(func=ast.Attribute(value=mapping, attr="keys"), args=[]) if place is None:
            return mapping
    return None


def items_at(value: ast.expr, place: int, module: Module) -> ast.expr | None:
    """Return the collection of the items at one place: of `zip(a, b)`, or of a dictionary's `items()`."""
    match value:
        case ast.Call(func=ast.Attribute(value=mapping, attr="items")) if place == 1:
            return mapping
        case ast.Call(func=func, args=arguments) if place < len(arguments):
            return arguments[place] if module.dotted(func) in {"zip", "itertools.product"} else None
    return None


def literal_head(value: ast.expr) -> tuple[str, ...]:
    """Return a literal string, or that at the start of a list."""
    match value:
        case ast.Constant(value=str(text)):
            return (text,)
        case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]):
            return literal_head(first)
    return ()


def is_text(value: ast.expr) -> bool:
    """Return whether an expression is a string by its form."""
    match value:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, op=ast.Mod()):
            return is_text(left)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return is_text(left) or is_text(right)
    return False


def as_display(value: ast.expr, steps: Steps) -> ast.expr:
    """Return `dict(a=b)` as `{"a": b}`, and any other expression unchanged."""
    match value:
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=[_, *_] as pairs) if all(each.arg for each in pairs):
            steps.take(len(pairs))
            keys: list[ast.expr | None] = [ast.Constant(value=each.arg) for each in pairs]
            return ast.copy_location(ast.Dict(keys=keys, values=[each.value for each in pairs]), value)
    return value


def delegated_calls(call: ast.Call) -> Iterator[ast.Call]:
    """Yield the calls that a function makes for its caller: `submit(run, x)`, `Thread(target=run, args=(x,))`."""
    if last_name(call.func) not in CALLERS:
        return
    given = [(each, call.args[place + 1 :]) for place, each in enumerate(call.args[:2])]
    named = {each.arg: each.value for each in call.keywords}
    if "target" in named:
        given.append((named["target"], getattr(named.get("args"), "elts", [])))
    for func, args in given:
        if args and isinstance(func, ast.Name | ast.Attribute):
            yield ast.copy_location(ast.Call(func=func, args=args, keywords=call.keywords), call)


_PLAIN = {"arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "module", "name", "names"}
_PLAIN |= {"op", "ops", "rest", "simple", "tag", "type_comment", "type_ignores"}
"""Fields of syntax nodes that contain no expression."""
_PARTS = {
    node: tuple(name for name in reversed(node._fields) if name not in _PLAIN)
    for node in vars(ast).values()
    if isinstance(node, type) and issubclass(node, ast.AST)
}
"""Fields of each node that may contain one, last first."""


def children(node: ast.AST) -> list[ast.AST]:
    """Return the children of an expression, last first; `ast.iter_child_nodes` takes five times as long."""
    found: list[ast.AST] = []
    for name in _PARTS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in reversed(value) if item is not None]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found
