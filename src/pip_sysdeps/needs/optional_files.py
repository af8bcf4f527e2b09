"""Find libraries of a distribution that its sources open only where they continue without them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.sources.caught import Caught
from pip_sysdeps.sources.expressions import last_name
from pip_sysdeps.sources.steps import StepLimitError
from pip_sysdeps.sources.tried_functions import function_of, tried_functions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.sources.module import CallSite, Scope
    from pip_sysdeps.sources.parsed_sources import ParsedSources
    from pip_sysdeps.sources.steps import Steps

_ERRORS = frozenset({"OSError", "ImportError", "RuntimeError"})
"""Errors of opening a library whose needs are missing, from ctypes, cffi and extension modules."""
_OPENS_NOTHING = {"Path", "PurePath", "abspath", "as_posix", "bytes", "dirname", "encode", "expanduser", "format"}
_OPENS_NOTHING |= {"fspath", "join", "joinpath", "normpath", "realpath", "resolve", "str"}
_OPENS_NOTHING |= {"exists", "isfile", "is_file"}
_OPENS_NOTHING |= {"print", "warn", "warning", "debug", "info", "error", "exception", "critical", "log", "write"}
"""Functions that only compute paths, test files, or write messages."""


class _Use(NamedTuple):
    """A call with a file name among its arguments."""

    name: str
    """The file name."""
    site: CallSite | None
    """The call; None if the source cannot be parsed."""


def optional_files(wanted: Iterable[str], sources: ParsedSources) -> frozenset[str]:
    """Return the file names that are only passed to calls where the source continues after a failure.

    A name without any whole string in the sources does not count, because it may be computed.
    """
    try:
        return _tried(list(_uses(frozenset(wanted), sources)), sources)
    except (StepLimitError, RecursionError):
        return frozenset()


def _tried(uses: list[_Use], sources: ParsedSources) -> frozenset[str]:
    """Return the names whose every use is in a `try`, or in a function that is only called in one."""
    caught = Caught(_ERRORS, sources.steps)
    sites = [(use.name, use.site) for use in uses]
    untried = [(name, site) for name, site in sites if site is None or not caught.survives(site.branch)]
    functions = {function_of(site.scope) for _, site in untried if site} - {""}
    tried = tried_functions(functions, sources, caught)
    sure = {name for name, site in untried if site is None or function_of(site.scope) not in tried}
    return frozenset(use.name for use in uses) - sure


def _uses(names: frozenset[str], sources: ParsedSources) -> Iterator[_Use]:
    """Yield the calls that may open one of the names."""
    for source in sources:
        here = frozenset(name for name in names if name.encode("utf-8", "surrogateescape") in source.text)
        module = sources.module(source) if here else None
        if module is None:
            yield from (_Use(name, None) for name in here)
            continue
        for site in module.sites:
            if last_name(site.call.func) not in _OPENS_NOTHING:
                given = [*site.call.args, *(each.value for each in site.call.keywords)]
                yield from (_Use(name, site) for name in _texts(given, site.scope, sources.steps) if name in here)


def _texts(nodes: Iterable[ast.AST], scope: Scope, steps: Steps) -> Iterator[str]:
    """Yield the last parts of the strings in expressions, through variables, functions and paths."""
    module = scope.module
    pending, seen = [(node, scope) for node in nodes], set[int]()
    while pending:
        node, scope = pending.pop()
        steps.take()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case ast.Constant(value=str(text)):
                yield text.rpartition("/")[2]
            case ast.Name(id=name):
                pending += [(each.value, each.scope) for each in scope.assignments(name)]
            case ast.Attribute(attr=name):
                pending += [(each.value, each.scope) for each in module.attributes.get(name, ())]
            case ast.Call(func=func) if (called := last_name(func)) not in _OPENS_NOTHING:
                functions = module.functions.get(called, ())
                pending += [(value, function) for function in functions for value in function.returns]
                continue
        pending += [(each, scope) for each in ast.iter_child_nodes(node)]
