"""Searches for programs and libraries in a source, and conditions that test their results."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from pip_sysdeps.sources.callables import SEARCHES
from pip_sysdeps.sources.caught import fails
from pip_sysdeps.sources.expressions import last_name, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pip_sysdeps.sources.module import Branch, Module, Scope

_WITH_SEARCHES = ("ctypes", "shutil", "distutils")


class Searches:
    """The searches of a module, and those that have to succeed; a call is known by the identity of its node."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._steps = module.steps
        self.finders: set[str] = set()
        """Functions that return the result of a search."""
        self.kept: set[int] = set()
        """Calls that search for a variable of the module."""
        self.required: set[int] = set()
        """Calls that search for a program, and the code fails without it."""
        self.each_required: set[int] = set()
        """Calls that search for several programs in turn, and the code fails without any one of them."""
        self.required_results: set[int] = set()
        """Calls whose result is needed: the code raises without it."""
        self.choices: dict[int, ast.expr | None] = {}
        """Names in `which(a) or which(b)`, by the first call; None by the other calls."""
        self._elifs: set[int] = set()
        """Conditions of an `if` and its `elif`s that search: none alone is required."""

    @cached_property
    def is_possible(self) -> bool:
        """Whether the module imports a function that searches."""
        return any(name.startswith(_WITH_SEARCHES) for name in self._module.imports.values())

    def finds(self, node: ast.AST) -> bool:
        """Return whether an expression is a search."""
        return isinstance(node, ast.Call) and (
            self._module.dotted(node.func) in SEARCHES or last_name(node.func) in self.finders
        )

    def is_optional(self, call: ast.Call) -> bool:
        """Return whether a call is a search, and the code continues without a result."""
        return self.finds(call) and id(call) not in self.required

    def note_finder(self, name: str, statements: Sequence[ast.stmt]) -> None:
        """Note a function with these statements, inner ones included, if it returns the result of a search."""
        self._steps.take(len(statements))
        values = [each.value for each in statements if isinstance(each, ast.Return)]
        names = {value.id for value in values if isinstance(value, ast.Name)}
        for each in statements:
            match each:
                case (
                    ast.Assign(targets=[ast.Name(id=variable)], value=value)
                    | ast.If(test=ast.NamedExpr(target=ast.Name(id=variable), value=value))
                ) if variable in names:
                    values.append(value)
        parts = [part for value in values if value is not None for part in ast.walk(value)]
        self._steps.take(len(parts))
        callables = (part for part in parts if isinstance(part, ast.Name | ast.Attribute))
        if any(self._module.dotted(part) in SEARCHES for part in callables):
            self.finders.add(name)

    def note_kept(self, value: ast.expr) -> None:
        """Note the searches in the value of a variable of the module."""
        self.kept |= {id(each) for each in _operands(value) if self.finds(each)}

    def note_choice(self, values: Sequence[ast.expr]) -> None:
        """Note the programs in `which(a) or which(b)`; that of `which(a) or a` is required, as it is run anyway."""
        calls = [each for each in values if isinstance(each, ast.Call) and each.args and self.finds(each)]
        names = [each.args[0] for each in calls]
        if names and text_of(names[0], self._steps) == text_of(values[-1], self._steps):
            self.required.add(id(calls[0]))
        elif len(names) > 1:
            self.choices |= {**dict.fromkeys(map(id, calls)), id(calls[0]): ast.BoolOp(ast.Or(), names)}

    def note_asserted(self, condition: ast.expr, scope: Scope) -> None:
        """Note the searches that have to succeed for the condition of an `assert`."""
        if self.is_possible:
            tested = self._tested(ast.UnaryOp(ast.Not(), condition), scope)
            self._require(filter(self.finds, tested), scope)

    def continues_without(self, node: ast.If, scope: Scope, branch: Branch) -> bool:
        """Return whether a condition in a branch tests a search, and the code does not fail; note required ones."""
        tested = self._tested(node.test, scope)
        if isinstance(node.body[-1], ast.Raise) and not branch.guarded:
            self.required_results |= set(map(id, tested))
        found = self._in_condition(node.test, scope)
        match node.orelse:
            case [ast.If(test=test) as other] if found and self._in_condition(test, scope):
                self._elifs |= {id(node), id(other)}
        body_fails = bool(found) and fails(node.body, self._steps)
        if found and id(node) not in self._elifs and (body_fails or fails(node.orelse, self._steps)):
            self._require(found, scope)
            in_loop = any(isinstance(each.statement, ast.For) for each in branch.outward())
            if in_loop and body_fails and any(map(self.finds, tested)):
                self.each_required |= set(map(id, found))
            return False
        return bool(found)

    def _require(self, searches: Iterable[ast.AST], scope: Scope) -> None:
        """Note searches without which the code fails; in a function, not those of the module, as imports go on."""
        elsewhere = set() if scope is self._module.top else self.kept
        self.required |= set(map(id, searches)) - elsewhere

    def _in_condition(self, test: ast.expr, scope: Scope) -> list[ast.AST]:
        """Return the searches whose results a condition uses; note those that each have to succeed."""
        if not self.is_possible:
            return []
        looked_at = list(ast.walk(test))
        names = {node.id for node in looked_at if isinstance(node, ast.Name)}
        assigned = [assignment.value for name in names for assignment in scope.assignments(name)]
        looked_at += [part for value in assigned for part in _operands(value)]
        looked_at += [part for value in assigned if isinstance(value, ast.ListComp) for part in ast.walk(value)]
        self._steps.take(len(looked_at))
        missed = [call for node in looked_at for call in self._missed_in(node, scope)]
        self.each_required |= set(map(id, missed))
        return [*missed, *filter(self.finds, looked_at)]

    def _missed_in(self, node: ast.AST, scope: Scope) -> Iterable[ast.AST]:
        """Return the searches of a comprehension for missing programs: `[x for x in names if not which(x)]`."""
        match node:
            case ast.ListComp(generators=[ast.comprehension(ifs=[condition])]):
                return filter(self.finds, self._tested(condition, scope))
            case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(elt=found)]):
                return filter(self.finds, [found])
        return ()

    def _tested(self, condition: ast.expr, scope: Scope) -> list[ast.expr]:
        """Return the expressions that a condition tests for failure: `not x`, `x is None`.

        For a variable, they are those that give it its only value.
        """
        match condition:
            case (
                ast.UnaryOp(
                    op=ast.Not(),
                    operand=ast.Compare(left=found, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]) | found,
                )
                | ast.Compare(left=found, ops=[ast.Is()], comparators=[ast.Constant(value=None)])
            ):
                if not isinstance(found, ast.Name):
                    return [found]
                values = scope.names.get(found.id, ())
                tested = _operands(values[0].value) if len(values) == 1 else []
                self._steps.take(len(tested))
                return tested
        return []


def _operands(value: ast.expr) -> list[ast.expr]:
    """Return the operands of `a or b`; any other expression alone."""
    return value.values if isinstance(value, ast.BoolOp) else [value]
