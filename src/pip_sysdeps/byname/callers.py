"""Functions of a distribution whose every call is in a `try`: what they import is only tried."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.caught import Tree
from pip_sysdeps.system.python_syntax import parse_python

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pip_sysdeps.byname.steps import Steps

_DEPTH = 4
"""Functions between a function and the `try`."""
_MOST_BYTES = 1 << 18
"""Bytes of sources that are parsed for one distribution, for all functions."""


class _Use(NamedTuple):
    """One place that names a function."""

    name: str
    """The function."""
    is_caught: bool
    """Whether it is a call whose failure is caught."""
    caller: str
    """The function that calls it; empty for none, and if it is not a call."""


def tried_functions(
    names: Collection[str], texts: Iterable[bytes], errors: Collection[str], steps: Steps
) -> frozenset[str]:
    """Return those of some functions that sources call, and only where they catch one of some errors.

    That goes on through the functions between. A function that is also used as a value is not among them: whoever gets
    it may call it. Raise StepLimitError as `Tree`.
    """
    sources, left = tuple(texts), _MOST_BYTES
    uses: dict[str, list[_Use]] = {}
    pending = frozenset(names)
    for _ in range(_DEPTH):
        named = [text for text in sources if _names_any(text, pending)]
        left -= sum(map(len, named))
        trees = [parse_python(text) for text in named] if left >= 0 else [None]
        for name in pending:
            uses[name] = []
        for tree in trees:
            if tree is None:
                return frozenset()
            for use in _uses(Tree(tree, steps), pending, errors):
                uses[use.name].append(use)
        pending = frozenset(use.caller for name in pending for use in uses[name] if not use.is_caught)
        pending -= uses.keys() | {""}
        if not pending:
            break
    return _tried(uses) & frozenset(names)


def function_of(tree: Tree, node: ast.AST) -> str:
    """Return the name of the function that a node is in; empty for none, and for one that a decorator gets."""
    match tree.scope(node):
        case ast.FunctionDef(name=name, decorator_list=[]):
            return name
    return ""


def _tried(uses: dict[str, list[_Use]]) -> frozenset[str]:
    """Return the functions of which each use is caught, or in such a function; a circle of calls proves nothing."""
    tried = frozenset[str]()
    while True:
        more = {
            name for name, every in uses.items() if every and all(use.is_caught or use.caller in tried for use in every)
        }
        if tried == more:
            return tried
        tried = frozenset(more)


def _names_any(text: bytes, names: Iterable[str]) -> bool:
    words = b"|".join(re.escape(name.encode()) for name in sorted(names))
    return bool(re.search(rb"\b(?:%s)\b" % words, text))


def _uses(tree: Tree, names: Collection[str], errors: Collection[str]) -> Iterator[_Use]:
    """Yield each use of some functions in a source."""
    called = {id(node.func) for node in tree.nodes() if isinstance(node, ast.Call)}
    for node in tree.nodes():
        for name in _named(node):
            if name in names:
                is_call = id(node) in called
                yield _Use(name, is_call and tree.is_caught(node, errors), function_of(tree, node) if is_call else "")


def _named(node: ast.AST) -> Iterator[str]:
    """Yield what a node names: as a value, by another name, or in a string, as `__all__` does."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            yield name
        case ast.ImportFrom(names=aliases):
            yield from (alias.name for alias in aliases if alias.asname not in {None, alias.name})
