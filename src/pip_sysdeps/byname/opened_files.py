"""Typelibs that PyGObject opens by name, and extensions that SQLite loads.

Source: PyGObject's `gi.require_version`; Python's documentation of `sqlite3`; SQLite's of load_extension().
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.byname.attempts import Opened
from pip_sysdeps.byname.knowledge import sqlite_extension, typelib
from pip_sysdeps.model.needs import ReferenceKind, When
from pip_sysdeps.sources.call_graph import Found
from pip_sysdeps.sources.expressions import last_name
from pip_sysdeps.sources.frames import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.sources.call_graph import CallGraph
    from pip_sysdeps.sources.frames import Values
    from pip_sysdeps.sources.module import CallSite

_EXTENSION = re.compile(r"(?:(?:/usr)?/lib/(?:[\w-]+/)?)?(mod_[a-z0-9_]+)(?:\.so)?")
"""The name of an extension, or its path in a folder of the system."""
_LOADED = re.compile(r"load_extension\(\s*['\"](mod_[a-z0-9_]+)", re.IGNORECASE)
"""A call of load_extension() in an SQL statement."""
_TYPELIB = re.compile(r"[A-Za-z0-9_]+-[0-9.]+")
_STATEMENTS = {"execute", "executescript", "executemany"}


def opened_files(graph: CallGraph, openers: set[str]) -> Iterator[Opened]:
    """Yield typelibs and extensions; add functions that pass a name on to `openers`."""
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


def _extensions(graph: CallGraph, found: Found, named: Iterable[str]) -> Iterator[Opened]:
    names = tuple(sqlite_extension(match[1]) for name in named if (match := _EXTENSION.fullmatch(name)))
    if names:
        yield Opened(graph.reference(ReferenceKind.FILE, names, found, When.DLOPEN), id(found.site.call))


def _typelibs(graph: CallGraph, site: CallSite, pairs: Iterable[tuple[Values, Values]]) -> Iterator[Opened]:
    """Yield typelibs; in a function without callers they are one feature of many."""
    is_offered = site.scope is not site.scope.module.top and not graph.callers_of(site.scope)
    for names, versions in pairs:
        wanted = [f"{name}-{version}" for name in names for version in versions]
        if len(names) == 1 and wanted and all(map(_TYPELIB.fullmatch, wanted)):
            found = Found((), site, is_offered or site.is_optional({}))
            reference = graph.reference(ReferenceKind.FILE, tuple(map(typelib, wanted)), found, When.DLOPEN)
            yield Opened(reference._replace(unsure=is_offered), id(site.call))
