"""Functions of a distribution whose every call is in a `try`: what they import or open is only tried."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.callables import last_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pip_sysdeps.byname.caught import Caught
    from pip_sysdeps.byname.module import Module, Scope
    from pip_sysdeps.byname.parsed_sources import ParsedSources

_DEPTH = 4
"""Functions between a function and the `try`."""
_MOST_BYTES = 1 << 18
"""Bytes of sources that are parsed for one distribution, for all functions."""


class _Use(NamedTuple):
    """One place that names a function."""

    name: str
    """The function."""
    is_caught: bool = False
    """Whether it is a call whose failure is caught."""
    caller: str = ""
    """The function that calls it; empty for none, and if it is not a call."""


def tried_functions(names: Collection[str], sources: ParsedSources, caught: Caught) -> frozenset[str]:
    """Return those of some functions that sources call, and only where they catch an error.

    That goes on through the functions between. A function that is also used as a value is not among them: whoever gets
    it may call it. Raise StepLimitError for too much work.
    """
    uses: dict[str, list[_Use]] = {}
    pending, left = frozenset(names), _MOST_BYTES
    for _ in range(_DEPTH):
        if not pending:
            break
        named = [source for source in sources if _names_any(source.text, pending)]
        left -= sum(len(source.text) for source in named)
        modules = [sources.module(source) for source in named] if left >= 0 else [None]
        uses |= {name: [] for name in pending}
        for module in modules:
            if module is None:
                return frozenset()
            for use in _uses(module, pending, caught):
                uses[use.name].append(use)
        pending = frozenset(use.caller for name in pending for use in uses[name] if not use.is_caught)
        pending -= uses.keys() | {""}
    return _tried(uses) & frozenset(names)


def function_of(scope: Scope) -> str:
    """Return the name of the function that a scope is in; empty for none, and for one that a decorator gets."""
    match scope.node:
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


def _uses(module: Module, names: Collection[str], caught: Caught) -> Iterator[_Use]:
    """Yield each use of some functions in a source."""
    for site in module.sites:
        name = last_name(site.call.func)
        if name in names:
            yield _Use(name, caught.survives(site.branch), function_of(site.scope))
    yield from (_Use(name) for name in _names_as_values(module.top.node) if name in names)


def _names_as_values(tree: ast.AST) -> Iterator[str]:
    """Yield what a source names without calling it: as a value, by another name, or in a string, as `__all__` does."""
    every = list(ast.walk(tree))
    called = {id(node.func) for node in every if isinstance(node, ast.Call)}
    for node in every:
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                if id(node) not in called:
                    yield name
            case ast.ImportFrom(names=aliases):
                yield from (alias.name for alias in aliases if alias.asname not in {None, alias.name})
