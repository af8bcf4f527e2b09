"""The libraries that the calls of a distribution open by name.

Source: Python's documentation of `ctypes`; cffi's of `ffi.dlopen`.
"""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

from pip_sysdeps.byname.attempts import Opened
from pip_sysdeps.byname.callables import FINDER, LOADERS, first_argument, is_cffi
from pip_sysdeps.byname.knowledge import STEM
from pip_sysdeps.model.needs import ReferenceKind, When

if TYPE_CHECKING:
    from pip_sysdeps.byname.call_graph import CallGraph
    from pip_sysdeps.byname.module import CallSite

_LIBRARY = re.compile(r"[^\s/*%{}:\\]+\.so(?:\.[0-9][0-9A-Za-z.]*)?")
_STEM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_SYSTEM_FOLDER = re.compile(r"/(?:usr/)?lib(?:/[a-z0-9_]+-linux-gnu[a-z0-9]*|64)?")
_FOREIGN_STEM = re.compile(r"\.(?:dll|dylib|framework|exe)$|^(?:cyg|msys-)|[\\/]", re.IGNORECASE)
_LONGEST_NAME = 255
"""NAME_MAX of Linux."""


class Libraries:
    """What is opened by ctypes and cffi."""

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self.openers: set[str] = set()
        """Functions that open what a parameter names."""
        self.opened: list[Opened] = []
        self.queries: list[Opened] = []
        """What `find_library` is asked for."""
        for site, full in graph.sites:
            argument = self._argument(site, full)
            if argument is not None:
                self._add(site, argument)

    def _add(self, site: CallSite, argument: ast.expr) -> None:
        is_query = argument is site.call
        values = self._graph.expanded if is_query else partial(self._graph.named, ReferenceKind.LIBRARY)
        for each in values(site, argument, self.openers):
            names = tuple(name for text in each.names if (name := library_name(_asked(site.call, text))))
            if names:
                reference = self._graph.reference(ReferenceKind.LIBRARY, names, each, When.DLOPEN)
                (self.queries if is_query else self.opened).append(Opened(reference, id(each.site.call)))

    def _argument(self, site: CallSite, full: str) -> ast.expr | None:
        """Return what a call opens, if it opens a library; of `find_library`, the call itself."""
        call, module = site.call, site.scope.module
        first = first_argument(call)
        if first is None or (isinstance(first, ast.Constant) and first.value is None):
            return None  # the program itself
        if full in LOADERS or full == FINDER:
            return call if full == FINDER else first
        if self._graph.has_function(full):
            return None
        if is_cffi(call):
            return first
        if full == "getattr" and len(call.args) >= 2 and module.dotted(call.args[0]) in LOADERS:
            return call.args[1]
        return None


def _asked(call: ast.Call, text: str) -> str:
    """Return what a call looks for: cffi asks find_library for a name without a dot and a slash (cffi/api.py)."""
    is_plain = not text.startswith(STEM) and "." not in text and "/" not in text
    return STEM + text if is_plain and is_cffi(call) else text


def library_name(text: str) -> str:
    """Return a library's name as glibc's loader may find it, a file name or a stem for `find_library`; else nothing.

    A longer name than files have would be matched in squared time.
    """
    if text.startswith(STEM):
        stem = text.removeprefix(STEM)
        return text if _STEM.fullmatch(stem) and not _FOREIGN_STEM.search(stem) else ""
    folder, _, name = text.rpartition("/")
    if (folder and not _SYSTEM_FOLDER.fullmatch(folder)) or len(name) > _LONGEST_NAME:
        return ""
    return name if _LIBRARY.fullmatch(name) else ""
