"""Libraries of a distribution that its own sources name, and only where they go on without them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.callables import last_name
from pip_sysdeps.byname.caught import Caught
from pip_sysdeps.byname.steps import StepLimitError
from pip_sysdeps.byname.tried_functions import function_of, tried_functions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.byname.module import CallSite, Scope
    from pip_sysdeps.byname.parsed_sources import ParsedSources
    from pip_sysdeps.byname.steps import Steps

_ERRORS = frozenset({"OSError", "ImportError", "RuntimeError"})
"""What opening a library raises whose needs are missing: ctypes, cffi, and what extension modules raise."""
_OPENS_NOTHING = {"Path", "PurePath", "abspath", "as_posix", "bytes", "dirname", "encode", "expanduser", "format"}
_OPENS_NOTHING |= {"fspath", "join", "joinpath", "normpath", "realpath", "resolve", "str"}
_OPENS_NOTHING |= {"exists", "isfile", "is_file"}
_OPENS_NOTHING |= {"print", "warn", "warning", "debug", "info", "error", "exception", "critical", "log", "write"}
"""Functions that make a path of another one, look whether it is there, or make a message of it."""


class _Use(NamedTuple):
    """A call that is given a name."""

    name: str
    """The file name."""
    site: CallSite | None
    """The call; None in a source that Python does not parse."""


def optional_files(wanted: Iterable[str], sources: ParsedSources) -> frozenset[str]:
    """Return those of some file names that sources give to functions, and only where they go on without them.

    One that no source names as a whole string is not among them: a source puts its name together.
    """
    try:
        return _tried(list(_uses(frozenset(wanted), sources)), sources)
    except StepLimitError:
        return frozenset()


def _tried(uses: list[_Use], sources: ParsedSources) -> frozenset[str]:
    """Return the names of which each use is in a `try`, or in a function whose calls all are."""
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
    """Yield the last parts of the strings that expressions are made of, through variables, functions and paths."""
    module = scope.module
    pending, seen = [(node, scope) for node in nodes], set[int]()
    while pending:
        node, scope = pending.pop()
        if id(node) in seen:
            continue
        steps.take()
        seen.add(id(node))
        match node:
            case ast.Constant(value=str(text)):
                yield text.rpartition("/")[2]
            case ast.Name(id=name):
                pending += [(source.value, at) for at, source in scope.sources(name)]
            case ast.Attribute(attr=name):
                pending += [(source.value, at) for at, source in module.attributes.get(name, ())]
            case ast.Call(func=func) if (called := last_name(func)) not in _OPENS_NOTHING:
                functions = module.functions.get(called, ())
                pending += [(value, function) for function in functions for value in function.returns]
                continue
        pending += [(each, scope) for each in ast.iter_child_nodes(node)]
