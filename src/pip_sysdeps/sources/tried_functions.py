"""Find functions of a distribution that are only called where errors are caught."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.sources.expressions import last_name
from pip_sysdeps.sources.module_imports import words_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pip_sysdeps.sources.caught import Caught
    from pip_sysdeps.sources.module import Module, Scope
    from pip_sysdeps.sources.parsed_sources import ParsedSources

_DEPTH = 4
"""Maximum number of calls between a function and the `try`."""
_MOST_BYTES = 1 << 18
"""Maximum bytes of sources to parse for all functions of one distribution."""


class _Use(NamedTuple):
    """A use of a function."""

    name: str
    """Name of the function."""
    is_caught: bool = False
    """Whether it is a call whose errors are caught."""
    caller: str = ""
    """Name of the function around the call; empty without one, and if the use is not a call."""


def tried_functions(names: Collection[str], sources: ParsedSources, caught: Caught) -> frozenset[str]:
    """Return the functions whose every call is where errors are caught, also through other functions.

    A function that is used as a value does not count, because it may be called elsewhere. Raise StepLimitError for too
    much work.
    """
    uses: dict[str, list[_Use]] = {}
    pending, left = frozenset(names), _MOST_BYTES
    for _ in range(_DEPTH):
        if not pending:
            break
        named = [source for source in sources if words_in(source.text, pending, sources.steps)]
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
    """Return the name of the function around a scope; empty without one, or if it has a decorator."""
    match scope.node:
        case ast.FunctionDef(name=name, decorator_list=[]):
            return name
    return ""


def _tried(uses: dict[str, list[_Use]]) -> frozenset[str]:
    """Return the functions whose uses are all caught, or in such functions; circular calls do not count."""
    tried = frozenset[str]()
    while more := {
        name
        for name, every in uses.items()
        if name not in tried and every and all(use.is_caught or use.caller in tried for use in every)
    }:
        tried |= more
    return tried


def _uses(module: Module, names: Collection[str], caught: Caught) -> Iterator[_Use]:
    """Yield each use of some functions in a source."""
    for site in module.sites:
        name = last_name(site.call.func)
        if name in names:
            yield _Use(name, caught.survives(site.branch), function_of(site.scope))
    yield from (_Use(name) for name in _names_as_values(module.top.node) if name in names)


def _names_as_values(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a source uses other than for a call: values, aliases, and strings as in `__all__`."""
    every = list(ast.walk(tree))
    called = {id(node.func) for node in every if isinstance(node, ast.Call)}
    for node in every:
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                if id(node) not in called:
                    yield name
            case ast.ImportFrom(names=aliases):
                yield from (alias.name for alias in aliases if alias.asname not in {None, alias.name})
