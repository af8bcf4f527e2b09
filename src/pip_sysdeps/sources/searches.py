"""Searches for programs and libraries in a source, and conditions that test their results."""

from __future__ import annotations

import ast
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.sources.callables import SEARCHES
from pip_sysdeps.sources.expressions import leaves, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pip_sysdeps.sources.module import Branch, Module, Scope

_WITH_SEARCHES = ("ctypes", "shutil", "distutils")


class _Place(NamedTuple):
    """Where a condition is tested."""

    scope: Scope
    branch: Branch | None = None
    followed: frozenset[str] = frozenset()
    """Variables whose values are being looked at."""

    def values(self, name: str) -> Iterator[ast.expr]:
        """Yield what a variable is set to, unless only a part of the code after that tests it."""
        found = () if name in self.followed else self.scope.assignments(name)
        self.scope.module.steps.take(len(found))
        for each in found:
            if self.branch is None or each.branch is None or self.branch.follows(each.branch):
                yield each.value

    def behind(self, name: str) -> _Place:
        """Return the place for the values of a variable."""
        return self._replace(followed=self.followed | {name})


class Searches:
    """The searches of a module, and those that have to succeed; a call is known by the identity of its node."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._steps = module.steps
        self._finders: set[str] = set()
        """Functions that return the result of a search."""
        self._methods: set[str] = set()
        """Those of classes."""
        self.asked: set[int] = set()
        """Calls whose result is only compared with None or used as a condition."""
        self._used: set[int] = set()
        """Calls that search for a program that is run."""
        self._survived: set[int] = set()
        """Calls that search, and a condition tests the result."""
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
        self.fallbacks: list[tuple[frozenset[int], frozenset[int]]] = []
        """Other calls of `a() or b()`, each with the next one."""
        self._elifs: set[int] = set()
        """Conditions of an `if` and its `elif`s that search: none alone is required."""

    @cached_property
    def is_possible(self) -> bool:
        """Whether the module imports a function that searches."""
        return any(name.startswith(_WITH_SEARCHES) for name in self._module.imports.values())

    def finds(self, node: ast.AST) -> bool:
        """Return whether an expression is a search."""
        match node:
            case ast.Call(func=func) if self._module.dotted(func) in SEARCHES:
                return True
            case ast.Call(func=ast.Name(id=name)):
                return name in self._finders
            case ast.Call(func=ast.Attribute(attr=name)):
                return name in self._methods
        return False

    def is_finder(self, scope: Scope) -> bool:
        """Return whether a function returns the result of a search."""
        return scope.name in (self._methods if scope.owner else self._finders)

    def is_optional(self, call: ast.Call) -> bool:
        """Return whether a call is a search, and the code continues without a result.

        It does not if it uses the result untested.
        """
        is_untested = id(call) in self._used - self._survived
        return self.finds(call) and id(call) not in self.required and not is_untested

    def note_finder(self, name: str, statements: Sequence[ast.stmt], *, is_method: bool) -> None:
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
            (self._methods if is_method else self._finders).add(name)

    def note_kept(self, value: ast.expr) -> None:
        """Note the searches in the value of a variable of the module."""
        self.kept |= {id(each) for each in _operands(value) if self.finds(each)}

    def note_used(self, command: ast.expr, scope: Scope) -> None:
        """Note the searches for the program of a command: `[which("tool"), path]`, or through a variable."""
        program = command.elts[0] if isinstance(command, ast.List | ast.Tuple) and command.elts else command
        match program:
            case ast.Name(id=name):
                found = [each.value for each in scope.assignments(name)]
            case ast.Attribute(attr=name):
                found = [each.value for each in self._module.attributes.get(name, ())]
            case _:
                found = [program]
        self._steps.take(len(found))
        self._used |= {id(each) for value in found for each in _operands(value) if self.finds(each)}

    def note_choice(self, values: Sequence[ast.expr]) -> None:
        """Note the programs in `which(a) or which(b)`; that of `which(a) or a` is required, as it is run anyway."""
        calls = [each for each in values if isinstance(each, ast.Call) and each.args and self.finds(each)]
        names = [each.args[0] for each in calls]
        if names and text_of(names[0], self._steps) == text_of(values[-1], self._steps):
            self.required.add(id(calls[0]))
        elif len(names) > 1:
            self.choices |= {**dict.fromkeys(map(id, calls)), id(calls[0]): ast.BoolOp(ast.Or(), names)}
        others = [frozenset({id(each)}) for each in values if isinstance(each, ast.Call) and not self.finds(each)]
        self.fallbacks += pairwise(others)

    def note_asserted(self, condition: ast.expr, scope: Scope, branch: Branch) -> None:
        """Note the searches that have to succeed for the condition of an `assert`."""
        if self.is_possible:
            self._require(filter(self.finds, self._needed(condition, _Place(scope, branch))), scope)

    def note_asked(self, node: ast.expr) -> None:
        """Note a call whose result is only compared with None, or is a condition."""
        match node:
            case (
                ast.Compare(left=ast.Call() as call, comparators=[ast.Constant(value=None)])
                | ast.UnaryOp(op=ast.Not(), operand=ast.Call() as call)
                | ast.Call(func=ast.Name(id="bool"), args=[ast.Call() as call])
            ):
                self.asked.add(id(call))

    def asks(self, condition: ast.expr, scope: Scope) -> bool:
        """Return whether a condition uses the result of a search."""
        found = self._in_condition(condition, scope)
        self._survived |= set(map(id, found))
        return bool(found)

    def is_missed(self, condition: ast.expr, scope: Scope, branch: Branch) -> bool:
        """Return whether a condition is true without the result of a search."""
        return self.is_possible and any(map(self.finds, self._missed(condition, _Place(scope, branch))))

    def continues_without(self, node: ast.If, scope: Scope, branch: Branch) -> bool:
        """Return whether a condition in a branch tests a search, and the code does not fail; note required ones."""
        if isinstance(node.test, ast.Call):
            self.asked.add(id(node.test))
        missed = self._missed(node.test, _Place(scope, branch))
        found = self._in_condition(node.test, scope)
        if always_fails(node.body, scope.truth) and not (branch.guarded or branch.conditional):
            self.required_results |= set(map(id, missed))
        match node.orelse:
            case [ast.If(test=test) as other] if found and self._in_condition(test, scope):
                self._elifs.add(id(other))
        wanted = [each for each in missed if self.finds(each)] if missed else found
        without = node.body if missed else node.orelse
        if not wanted or id(node) in self._elifs or not always_fails(without, scope.truth):
            self._survived |= set(map(id, found))
            return bool(found)
        self._require(wanted, scope)
        if any(self._is_looped(each, branch) for each in wanted if missed):
            self.each_required |= set(map(id, wanted))
        return False

    def _is_looped(self, search: ast.AST, branch: Branch) -> bool:
        """Return whether a loop around a branch sets the name that is searched."""
        names = {node.id for node in ast.walk(search) if isinstance(node, ast.Name)}
        loops = (each.statement for each in branch.outward() if isinstance(each.statement, ast.For))
        return any(isinstance(node, ast.Name) and node.id in names for each in loops for node in ast.walk(each.target))

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
        attributes = {node.attr for node in looked_at if isinstance(node, ast.Attribute)}
        assigned = [each.value for name in names for each in scope.assignments(name)]
        assigned += [each.value for name in attributes for each in self._module.attributes.get(name, ())]
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
                return filter(self.finds, self._missed(condition, _Place(scope)))
            case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(elt=found)]):
                return filter(self.finds, [found])
        return ()

    def _missed(  # noqa: PLR0911 - one for each form of a condition
        self, condition: ast.expr, place: _Place
    ) -> list[ast.expr]:
        """Return the expressions without whose result a condition is true: of `not x`, `x is None`."""
        self._steps.take()
        match condition:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._needed(operand, place)
            case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
                return self._needed(left, place)
            case ast.BoolOp(op=ast.Or(), values=values):
                return [each for value in values for each in self._missed(value, place)]
            case ast.BoolOp(op=ast.And(), values=values):
                parts = [self._missed(value, place) for value in values if place.scope.truth(value) is not True]
                return next(iter(parts), []) if all(parts) else []
            case ast.ListComp(generators=[ast.comprehension(ifs=[inner])]):
                return self._missed(inner, place)
            case ast.Name(id=name) if len(values := list(place.values(name))) == 1:
                return self._missed(values[0], place.behind(name))
        return []

    def _needed(  # noqa: PLR0911 - one for each form of a condition
        self, condition: ast.expr, place: _Place
    ) -> list[ast.expr]:
        """Return the expressions that a condition needs to be true: of `x`, `x is not None`.

        For a variable, they are what it is set to, unless only a part of the code tests it.
        """
        self._steps.take()
        match condition:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._missed(operand, place)
            case (
                ast.Compare(left=inner, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)])
                | ast.NamedExpr(value=inner)
                | ast.Call(func=ast.Name(id="bool" | "any" | "all"), args=[inner])
                | ast.GeneratorExp(elt=inner)
                | ast.ListComp(generators=[ast.comprehension(ifs=[inner])])
            ):
                return self._needed(inner, place)
            case ast.BoolOp(op=operator, values=values):
                parts = [self._needed(value, place) for value in values]
                every = [each for part in parts for each in part]
                if isinstance(operator, ast.And):
                    return every
                return [] if not all(parts) else every[:1] if any(map(self.finds, every)) else every
            case ast.Attribute(attr=name):
                values = [each.value for each in self._module.attributes.get(name, ())]
                self._steps.take(len(values))
                return [each for value in values if self.finds(value) for each in self._needed(value, place)]
            case ast.Name(id=name):
                parts = [self._needed(value, place.behind(name)) for value in place.values(name)]
                return [each for part in parts for each in part]
            case ast.Call():
                return [condition]
        return []


def always_fails(body: Sequence[ast.stmt], truth: Callable[[ast.expr], bool | None]) -> bool:
    """Return whether statements raise an error or end the program, whatever other conditions hold.

    `truth` decides conditions on the platform.
    """
    for each in body:
        match each:
            case ast.Raise():
                return True
            case ast.Expr(value=call) if leaves(call):
                return True
            case ast.With(body=inner) if always_fails(inner, truth):
                return True
            case ast.If(test=test, body=inner, orelse=orelse):
                decided = truth(test)
                parts = [part for part, other in ((inner, False), (orelse, True)) if decided is not other]
                if all(always_fails(part, truth) for part in parts):
                    return True
    return False


def _operands(value: ast.expr) -> list[ast.expr]:
    """Return the operands of `a or b`, and what `a is None`, `not a` and `bool(a)` test; any other expression alone."""
    match value:
        case ast.BoolOp(values=values):
            return [each for inner in values for each in _operands(inner)]
        case (
            ast.Compare(left=inner, comparators=[ast.Constant(value=None)])
            | ast.UnaryOp(op=ast.Not(), operand=inner)
            | ast.Call(func=ast.Name(id="bool"), args=[inner])
        ):
            return _operands(inner)
    return [value]
