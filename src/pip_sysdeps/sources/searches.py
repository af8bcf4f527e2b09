"""Searches for programs and libraries in a source, and conditions that test their results."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pip_sysdeps.sources.callables import SEARCHES
from pip_sysdeps.sources.expressions import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pip_sysdeps.sources.module import Module, Scope
    from pip_sysdeps.sources.steps import Steps

_WITH_SEARCHES = ("ctypes", "shutil", "distutils")


def may_search(module: Module) -> bool:
    """Return whether a module imports a function that looks for programs or libraries."""
    return any(name.startswith(_WITH_SEARCHES) for name in module.imports.values())


def returns_search(module: Module, statements: Sequence[ast.stmt]) -> bool:
    """Return whether a function with these statements, inner ones included, returns the result of a search."""
    module.steps.take(len(statements))
    values = [each.value for each in statements if isinstance(each, ast.Return)]
    names = {value.id for value in values if isinstance(value, ast.Name)}
    for each in statements:
        match each:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.If(test=ast.NamedExpr(target=ast.Name(id=name), value=value))
            ) if name in names:
                values.append(value)
    parts = [part for value in values if value is not None for part in ast.walk(value)]
    module.steps.take(len(parts))
    return any(isinstance(part, ast.Name | ast.Attribute) and module.dotted(part) in SEARCHES for part in parts)


def operands(value: ast.expr) -> list[ast.expr]:
    """Return the operands of `a or b`; any other expression alone."""
    return value.values if isinstance(value, ast.BoolOp) else [value]


def searches_in(test: ast.expr, scope: Scope) -> tuple[list[ast.AST], list[ast.AST]]:
    """Return the searches whose results a condition uses: those that each have to succeed, and all others."""
    looked_at = list(ast.walk(test))
    names = {node.id for node in looked_at if isinstance(node, ast.Name)}
    assigned = [assignment.value for name in names for assignment in scope.assignments(name)]
    looked_at += [part for value in assigned for part in operands(value)]
    looked_at += [part for value in assigned if isinstance(value, ast.ListComp) for part in ast.walk(value)]
    scope.module.steps.take(len(looked_at))
    missed = [call for node in looked_at for call in _missed_in(node, scope)]
    return missed, [node for node in looked_at if scope.module.finds(node)]


def tested_searches(condition: ast.expr, scope: Scope) -> list[ast.AST]:
    """Return the searches that a condition tests for failure: `not which(x)`, `which(x) is None`."""
    match condition:
        case ast.UnaryOp(op=ast.Not(), operand=found) | ast.Compare(left=found, ops=[ast.Is()]):
            named = scope.names.get(found.id, ()) if isinstance(found, ast.Name) else ()
            values = (found, *(each.value for each in named))
            return [value for value in values if scope.module.finds(value)]
    return []


def asserted_searches(condition: ast.expr, scope: Scope) -> list[ast.AST]:
    """Return the searches that have to succeed for a condition: `which(x)`, `x`, `x is not None`."""
    match condition:
        case ast.Compare(left=found, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return asserted_searches(found, scope) if isinstance(found, ast.Name | ast.Call) else []
        case ast.Name(id=name):
            values = [each.value for each in scope.assignments(name)]
            return [value for value in values if scope.module.finds(value)] if len(values) == 1 else []
    return [condition] if scope.module.finds(condition) else []


def tested_results(condition: ast.expr, scope: Scope) -> list[ast.expr]:
    """Return the expressions that give a variable its only value, if a condition tests it for failure.

    Such conditions are `x is None` and `not x`.
    """
    match condition:
        case (
            ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name))
            | ast.Compare(left=ast.Name(id=name), ops=[ast.Is()], comparators=[ast.Constant(value=None)])
        ):
            values = scope.names.get(name, [])
            found = operands(values[0].value) if len(values) == 1 else []
            scope.module.steps.take(len(found))
            return found
    return []


def raises(statements: Iterable[ast.stmt], steps: Steps) -> bool:
    """Return whether a branch contains a statement that raises or ends the program."""
    for statement in statements:
        for node in ast.walk(statement):
            steps.take()
            if isinstance(node, ast.Raise) or leaves(node):
                return True
    return False


def _missed_in(node: ast.AST, scope: Scope) -> list[ast.AST]:
    """Return the searches of a comprehension for missing programs: `[x for x in names if not which(x)]`."""
    match node:
        case ast.ListComp(generators=[ast.comprehension(ifs=[condition])]):
            return tested_searches(condition, scope)
        case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(elt=found)]):
            return [found] if scope.module.finds(found) else []
    return []
