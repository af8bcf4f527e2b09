"""The libraries that a distribution opens by name.

Source: Python's documentation of `ctypes`; cffi's of `ffi.dlopen`.
"""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

from pip_sysdeps.byname.attempts import Opened
from pip_sysdeps.model.needs import ReferenceKind, When
from pip_sysdeps.sources.callables import FINDER, LOADERS, LONGEST_NAME, STEM
from pip_sysdeps.sources.expressions import first_argument, is_cffi

if TYPE_CHECKING:
    from pip_sysdeps.sources.call_graph import CallGraph
    from pip_sysdeps.sources.module import CallSite

_LIBRARY = re.compile(r"[^\s/*%{}:\\]+\.so(?:\.[0-9][0-9A-Za-z.]*)?")
_STEM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_SYSTEM_FOLDER = re.compile(r"/(?:usr/)?lib(?:/[a-z0-9_]+-linux-gnu[a-z0-9]*|64)?")
_FOREIGN_STEM = re.compile(r"\.(?:dll|dylib|framework|exe)$|^(?:cyg|msys-)|[\\/]", re.IGNORECASE)


class Libraries:
    """The libraries that ctypes and cffi open."""

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self.openers: set[str] = set()
        """Functions that open a library named by a parameter."""
        self.opened: list[Opened] = []
        self.queries: list[Opened] = []
        """Arguments of `find_library`."""
        for site, full in graph.sites:
            argument = self._argument(site, full)
            if argument is not None:
                self._add(site, argument)

    def _add(self, site: CallSite, argument: ast.expr) -> None:
        is_query = argument is site.call
        searches = site.scope.module.searches
        is_asked = id(site.call) in searches.asked - searches.required
        query = partial(self._graph.expanded, optional=is_asked)
        values = query if is_query else partial(self._graph.named, ReferenceKind.LIBRARY)
        for each in values(site, argument, self.openers):
            names = tuple(name for text in each.names if (name := library_name(_asked(site.call, text))))
            if names:
                reference = self._graph.reference(ReferenceKind.LIBRARY, names, each, When.DLOPEN)
                (self.queries if is_query else self.opened).append(Opened(reference, id(each.site.call)))

    def _argument(self, site: CallSite, full: str) -> ast.expr | None:
        """Return the expression that names the library a call opens; for `find_library`, the call itself."""
        call, module = site.call, site.scope.module
        first = first_argument(call)
        if first is None or (isinstance(first, ast.Constant) and first.value is None):
            return None  # the program itself
        if full in LOADERS or full == FINDER:
            return call if full == FINDER else first
        if self._graph.definitions.has_function(full):
            return None
        if is_cffi(call):
            return first
        if full == "getattr" and len(call.args) >= 2 and module.dotted(call.args[0]) in LOADERS:
            return call.args[1]
        return None


def _asked(call: ast.Call, text: str) -> str:
    """Return the name that a call looks for: cffi calls find_library for names without dot and slash (cffi/api.py)."""
    is_plain = not text.startswith(STEM) and "." not in text and "/" not in text
    return STEM + text if is_plain and is_cffi(call) else text


def library_name(text: str) -> str:
    """Return a library's file name, or its stem for `find_library`; empty if the text is neither.

    Names longer than NAME_MAX are rejected first, because matching them takes quadratic time.
    """
    if text.startswith(STEM):
        stem = text.removeprefix(STEM)
        return text if len(stem) <= LONGEST_NAME and _STEM.fullmatch(stem) and not _FOREIGN_STEM.search(stem) else ""
    folder, _, name = text.rpartition("/")
    if (folder and not _SYSTEM_FOLDER.fullmatch(folder)) or len(name) > LONGEST_NAME:
        return ""
    return name if _LIBRARY.fullmatch(name) else ""
