"""The programs that a distribution runs.

Source: Python's documentation of `subprocess`, `shutil.which`, `asyncio`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pip_sysdeps.byname.commands import programs_of, wrapped
from pip_sysdeps.model.needs import Confidence, Reference, ReferenceKind, When
from pip_sysdeps.sources.callables import PROGRAM_FINDERS, RUNNERS, WITH_SHELL
from pip_sysdeps.sources.expressions import first_argument
from pip_sysdeps.sources.frames import Frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.sources.call_graph import CallGraph, Found
    from pip_sysdeps.sources.frames import Values
    from pip_sysdeps.sources.module import CallSite

_LETTERS_A_STEP = 4
"""Letters of a shell command that are split into words at the cost of one step."""
_MOST_WRAPPED = 4
"""Programs that run one another: `sudo env nice x`."""
_MOST = 6
"""More alternatives are a table, not a choice of programs."""


class Programs:
    """The programs that subprocess and similar functions run."""

    def __init__(self, graph: CallGraph) -> None:
        self._graph = graph
        self.runners: set[str] = set()
        """Functions that run a program named by a parameter."""
        spared: set[str] = set()
        found: list[Reference] = []
        for site, full in graph.sites:
            more = list(self._run_by(site, full)) if full in RUNNERS else []
            found += more
            if not self._is_handed_on(site, full):
                spared.update(name for each in more if each.confidence is not Confidence.HIGH for name in each.names)
        self.run = [each._replace(unsure=each.unsure or spared >= set(each.names)) for each in found]

    def _is_handed_on(self, site: CallSite, full: str) -> bool:
        """Return whether a call looks for a program, and other code decides whether it is required."""
        module, function = site.scope.module, site.scope
        if full not in PROGRAM_FINDERS or id(site.call) in module.searches.kept:
            return full in PROGRAM_FINDERS
        return module.searches.is_finder(function) and bool(self._graph.callers_of(function))

    def _run_by(self, site: CallSite, full: str) -> Iterator[Reference]:
        argument = site.scope.module.searches.choices.get(id(site.call), first_argument(site.call))
        for _ in range(_MOST_WRAPPED):
            if argument is None:
                break
            yield from self._run_as(argument, site, full)
            argument = wrapped(_list_of(argument, site))

    def _run_as(self, argument: ast.expr, site: CallSite, full: str) -> Iterator[Reference]:
        """Yield references to the programs of a call's argument."""
        module = site.scope.module
        optional = module.searches.is_optional(site.call) and not site.raises_after
        is_required = id(site.call) in module.searches.required or (full in PROGRAM_FINDERS and site.raises_after)
        fails = is_required or (_raises(site.call, full) and not site.branch.conditional)
        is_picked = self._is_picked(argument, site)
        for each in self._graph.named(ReferenceKind.PROGRAM, site, argument, self.runners, optional=optional):
            is_needed = each.is_needed or _is_checked(each.site)
            for names in self._alternatives(site, full, each, is_each=is_picked):
                found = self._graph.reference(ReferenceKind.PROGRAM, names, each, When.EXEC)
                at_import = each.site.at_import and not each.is_later
                required = (fails or each.is_needed) and at_import and not each.optional
                is_choice = len(names) > 1 and not (is_required or is_needed or site.raises_after)
                yield found._replace(required=required, unsure=each.site.branch.conditional or is_picked or is_choice)

    def _is_picked(self, argument: ast.expr, site: CallSite) -> bool:
        """Return whether a computed key selects the program: each one is for a different case."""
        head = _head(argument)
        if not isinstance(head, ast.Subscript):
            return False
        return len(self._graph.evaluator.evaluate(head.slice, Frame(site.scope))) != 1

    def _alternatives(self, site: CallSite, full: str, found: Found, *, is_each: bool) -> list[Values]:
        """Return the programs that are run, each with its alternatives; none if there are too many."""
        in_shell = full in WITH_SHELL or any(each.arg == "shell" for each in site.call.keywords)
        self._graph.steps.take(sum(map(len, found.names)) // _LETTERS_A_STEP if in_shell else 0)
        commands = [programs_of(text, shell=in_shell) for text in found.names]
        names = tuple(dict.fromkeys(name for programs in commands for name in programs))
        if not 0 < len(names) <= _MOST:
            return []
        each_required = site.scope.module.searches.each_required
        is_each = is_each or id(site.call) in each_required or any(len(each) > 1 for each in commands)
        if is_each or self._graph.definitions.are_variants(found.names):
            return [(name,) for name in names]
        return [names]


def _list_of(argument: ast.expr, site: CallSite) -> ast.expr:
    """Return the only list that a variable is set to; any other argument unchanged."""
    value = site.scope.only_value(argument.id) if isinstance(argument, ast.Name) else None
    return argument if value is None else value


def _head(argument: ast.expr) -> ast.expr:
    """Return the expression of the program in an argument: the first item of a list."""
    return argument.elts[0] if isinstance(argument, ast.List | ast.Tuple) and argument.elts else argument


def _is_checked(site: CallSite) -> bool:
    """Return whether the program of a call is the result of a search, without which the code fails."""
    argument = first_argument(site.call)
    head = _head(argument) if argument else None
    found = site.scope.assignments(head.id) if isinstance(head, ast.Name) else ()
    return any(id(each.value) in site.scope.module.searches.required for each in found)


def _raises(call: ast.Call, full: str) -> bool:
    """Return whether a call raises an error if the program is missing; a shell returns a status instead."""
    return full not in PROGRAM_FINDERS | WITH_SHELL and all(each.arg not in {None, "shell"} for each in call.keywords)
