"""The typelibs that PyGObject opens by name, and the extensions that SQLite does.

Source: PyGObject's `gi.require_version`; Python's documentation of `sqlite3`; SQLite's of load_extension().
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.byname.call_graph import Found
from pip_sysdeps.byname.callables import last_name
from pip_sysdeps.byname.frames import Frame
from pip_sysdeps.byname.knowledge import sqlite_extension, typelib
from pip_sysdeps.model.needs import ReferenceKind, When

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.byname.call_graph import CallGraph
    from pip_sysdeps.byname.frames import Values
    from pip_sysdeps.byname.module import CallSite
    from pip_sysdeps.model.needs import Reference

_EXTENSION = re.compile(r"mod_[a-z0-9_]+(?:\.so)?")
_LOADED = re.compile(r"load_extension\(\s*['\"](mod_[a-z0-9_]+)", re.IGNORECASE)
"""A call in a statement of SQL."""
_TYPELIB = re.compile(r"[A-Za-z0-9_]+-[0-9.]+")
_STATEMENTS = {"execute", "executescript", "executemany"}


def opened_files(graph: CallGraph, openers: set[str]) -> Iterator[Reference]:
    """Yield what the calls of a distribution open; functions through whose parameters a name comes go to `openers`."""
    for site, full in graph.sites:
        arguments = site.call.args
        name = last_name(site.call.func)
        if full == "gi.require_version" and len(arguments) == 2:
            names, versions = (graph.evaluator.evaluate(each, Frame(site.scope)) for each in arguments)
            yield from _typelibs(graph, site, [(names, versions)])
        elif full == "gi.require_versions" and arguments:
            yield from _typelibs(graph, site, graph.evaluator.pairs(arguments[0], Frame(site.scope)))
        elif arguments and name == "load_extension":
            for each in graph.named(ReferenceKind.FILE, site, arguments[0], openers):
                yield from _extensions(graph, each, each.names)
        elif arguments and name in _STATEMENTS:
            for each in graph.expanded(site, arguments[0], set()):
                yield from _extensions(graph, each, [name for text in each.names for name in _LOADED.findall(text)])


def _extensions(graph: CallGraph, found: Found, named: Iterable[str]) -> Iterator[Reference]:
    names = tuple(sqlite_extension(name) for name in named if _EXTENSION.fullmatch(name))
    if names:
        yield graph.reference(ReferenceKind.FILE, names, found, When.DLOPEN)


def _typelibs(graph: CallGraph, site: CallSite, pairs: Iterable[tuple[Values, Values]]) -> Iterator[Reference]:
    """Yield typelibs; that of a function which others call, if they like, is one feature."""
    is_offered = site.scope is not site.scope.module.top and not graph.has_callers(site.scope)
    for names, versions in pairs:
        wanted = [f"{name}-{version}" for name in names for version in versions]
        if len(names) == 1 and wanted and all(map(_TYPELIB.fullmatch, wanted)):
            found = Found((), site, is_offered or site.is_optional({}))
            reference = graph.reference(ReferenceKind.FILE, tuple(map(typelib, wanted)), found, When.DLOPEN)
            yield reference._replace(unsure=is_offered)
