"""The programs that a distribution runs.

Source: Python's documentation of `subprocess`, `shutil.which`, `asyncio`.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from pip_sysdeps.byname.callables import PROGRAM_FINDERS, RUNNERS, WITH_SHELL, first_argument
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.byname.call_graph import CallGraph, Found
    from pip_sysdeps.byname.frames import Values
    from pip_sysdeps.byname.module import CallSite

_PROGRAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_PROGRAM_FOLDER = re.compile(r"/(?:usr/)?s?bin")
_FOREIGN = {"open", "osascript", "defaults", "sw_vers", "wmic", "reg", "cmd", "start", "pbcopy", "pbpaste"}
_MOST = 6
"""More alternatives are a table of something, not the choice of a program."""


class Programs:
    """What is run by subprocess and its like."""

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self.runners: set[str] = set()
        """Functions that run what a parameter names."""
        found = [reference for site, full in graph.sites if full in RUNNERS for reference in self._run_by(site, full)]
        spared = {name for each in found if each.confidence is not Confidence.HIGH for name in each.names}
        self.run = [each._replace(unsure=each.unsure or spared >= set(each.names)) for each in found]

    def _run_by(self, site: CallSite, full: str) -> Iterator[Reference]:
        argument = first_argument(site.call)
        if argument is None:
            return
        module = site.scope.module
        optional = module.is_optional_search(site.call) and not site.raises_after
        fails = id(site.call) in module.required_searches or (_raises(site.call, full) and not site.branch.conditional)
        for each in self._graph.named(ReferenceKind.PROGRAM, site, argument, self.runners, optional=optional):
            for names in self._alternatives(site, each, is_each=_is_picked(argument)):
                found = self._graph.reference(ReferenceKind.PROGRAM, names, each, When.EXEC)
                required = fails and each.site.at_import and not each.optional
                yield found._replace(required=required, unsure=each.site.branch.conditional or _is_picked(argument))

    def _alternatives(self, site: CallSite, found: Found, *, is_each: bool) -> list[Values]:
        """Return the programs that are run, each with those that would do instead; none of a long table."""
        names = tuple(dict.fromkeys(name for text in found.names if (name := program_name(text))))
        if not 0 < len(names) <= _MOST:
            return []
        is_each = is_each or id(site.call) in site.scope.module.each_required
        return [(name,) for name in names] if is_each else [names]


def _is_picked(argument: ast.expr) -> bool:
    """Return whether a command begins with an item that a computed key selects: each program is for another case."""
    head = argument.elts[0] if isinstance(argument, ast.List | ast.Tuple) and argument.elts else argument
    return isinstance(head, ast.Subscript) and not isinstance(head.slice, ast.Constant)


def _raises(call: ast.Call, full: str) -> bool:
    """Return whether a call raises an error if there is no such program: a shell returns a status instead."""
    return full not in PROGRAM_FINDERS | WITH_SHELL and all(each.arg not in {None, "shell"} for each in call.keywords)


def program_name(text: str) -> str:
    """Return the name of a program on PATH that a command begins with; nothing for one with a folder of its own."""
    word = next(iter(text.split(None, 1)), "")
    folder, _, name = word.rpartition("/")
    if (folder and not _PROGRAM_FOLDER.fullmatch(folder)) or not _PROGRAM.fullmatch(name):
        return ""
    return "" if name.lower().endswith((".exe", ".bat", ".cmd")) or name in _FOREIGN else name
