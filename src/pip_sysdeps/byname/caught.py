"""What a Python source goes on without: statements whose failure it catches."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pip_sysdeps.byname.steps import Steps

_EVERYTHING = {"Exception", "BaseException"}
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_TELLS = {"print", "warn", "warning", "debug", "info", "error", "exception", "critical", "log", "write", "format"}
"""Functions that make a message of what they are given."""
_INTERPRETER = re.compile(
    r"version_info|hexversion|implementation|\bPY[23]|sys\.platform|os\.name|\bplatform\.|\.system\(\)|__debug__"
)
"""Conditions on the interpreter or its system: one of their branches runs everywhere."""


class Tree:
    """A syntax tree in which each node knows what is around it.

    What is asked of it raises StepLimitError where that takes more than `steps`.
    """

    def __init__(self, tree: ast.Module, steps: Steps, *, expressions: bool = True) -> None:
        """Index a tree; without `expressions` only its statements, which are a tenth of it."""
        self.top = tree
        self.steps = steps
        self._around: dict[ast.AST, ast.AST] = {}
        inside = ast.iter_child_nodes if expressions else _statements_in
        pending: list[ast.AST] = [tree]
        while pending:
            node = pending.pop()
            below = dict.fromkeys(inside(node), node)
            self._around |= below
            pending += below

    def nodes(self) -> Iterable[ast.AST]:
        """Return every node but the module."""
        return self._around.keys()

    def around(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """Yield what is around a node, from the inside, each with the part of it that the node is in."""
        while (outer := self._around.get(node)) is not None:
            self.steps.take()
            yield node, outer
            node = outer

    def statement(self, node: ast.AST) -> ast.stmt:
        """Return the statement that an expression stands in."""
        while not isinstance(node, ast.stmt):
            node = self._around[node]
        return node

    def scope(self, node: ast.AST) -> ast.AST:
        """Return the function that a node is in, or the module."""
        return next((outer for _, outer in self.around(node) if isinstance(outer, _FUNCTIONS)), self.top)

    def is_caught(self, node: ast.AST, errors: Collection[str]) -> bool:
        """Return whether the code around a node goes on when it raises one of some errors, by their names."""
        for inner, outer in self.around(node):
            match outer:
                case ast.Try(body=body) if inner in body and self._goes_on(outer, errors):
                    return True
                case ast.With(items=items) if any(_suppresses(item.context_expr, errors) for item in items):
                    return True
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                    return False
        return False

    def conditions(self, node: ast.AST) -> Iterator[list[ast.stmt]]:
        """Yield the other branch of each condition that a node runs under, but for those on the interpreter."""
        for inner, outer in self.around(node):
            match outer:
                case ast.If(test=test, body=body, orelse=orelse) if inner is not test:
                    if not _INTERPRETER.search(ast.unparse(test)):
                        yield orelse if inner in body else body
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                    return

    def raises(self, body: Iterable[ast.stmt], errors: Collection[str]) -> bool:
        """Return whether statements give up, and name one of some errors for it."""
        named = any(isinstance(node, ast.Name) and node.id in errors for node in self._inside(body))
        return named and self._gives_up(body)

    def is_typing(self, node: ast.AST) -> bool:
        """Return whether a node is there for type checkers only."""
        conditions = (outer.test for _, outer in self.around(node) if isinstance(outer, ast.If))
        return any("TYPE_CHECKING" in ast.unparse(test) for test in conditions)

    def is_told(self, node: ast.AST) -> bool:
        """Return whether a node is part of a message about an error that is handled."""
        around = [outer for _, outer in self.around(node)]
        return any(isinstance(each, ast.ExceptHandler) for each in around) and any(map(_tells, around))

    def _goes_on(self, attempt: ast.Try, errors: Collection[str]) -> bool:
        """Return whether an error that is tried stops nothing: neither its handler nor the code behind raises."""
        handler = next((each for each in attempt.handlers if _catches(each.type, errors)), None)
        if handler is None or self._gives_up(handler.body) or self._keeps(handler):
            return False
        noted = {name for node in self._inside(handler.body) for name in _set_name(node)}
        scope = self.scope(attempt)
        behind = self._inside(scope.body if isinstance(scope, ast.Module | ast.FunctionDef) else ()) if noted else ()
        return not any(self._asks_for(node, noted) for node in behind if getattr(node, "lineno", 0) > attempt.lineno)

    def _keeps(self, handler: ast.ExceptHandler) -> bool:
        """Return whether a handler puts the error into a variable, to be raised when somebody asks."""
        return handler.name is not None and any(
            isinstance(node, ast.Assign) and any(map(_set_name, node.targets)) and _mentions(node.value, {handler.name})
            for node in self._inside(handler.body)
        )

    def _gives_up(self, body: Iterable[ast.AST]) -> bool:
        """Return whether statements raise, or leave the program."""
        return any(isinstance(node, ast.Raise) or _leaves(node) for node in self._inside(body))

    def _asks_for(self, node: ast.AST, names: Collection[str]) -> bool:
        """Return whether a node gives up if one of some variables says so."""
        match node:
            case ast.If(test=test, body=body):
                return _mentions(test, names) and self._gives_up(body)
            case ast.Assert(test=test):
                return _mentions(test, names)
        return False

    def _inside(self, body: Iterable[ast.AST]) -> Iterator[ast.AST]:
        """Yield statements and all that is in them, but for the bodies of functions."""
        pending = list(body)
        while pending:
            self.steps.take()
            node = pending.pop()
            yield node
            if not isinstance(node, _FUNCTIONS):
                pending += ast.iter_child_nodes(node)


def _statements_in(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements, and handlers of errors, right below a node."""
    for name in _BLOCKS:
        yield from getattr(node, name, ())


def _catches(kind: ast.expr | None, errors: Collection[str]) -> bool:
    match kind:
        case None:
            return True
        case ast.Tuple(elts=kinds):
            return any(_catches(each, errors) for each in kinds)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in errors or name in _EVERYTHING
    return False


def _suppresses(context: ast.expr, errors: Collection[str]) -> bool:
    match context:
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=kinds):
            return any(_catches(each, errors) for each in kinds)
    return False


def _leaves(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="exit" | "quit") | ast.Attribute(attr="exit" | "_exit")):
            return True
    return False


def _mentions(test: ast.expr, names: Collection[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(test))


def _set_name(node: ast.AST) -> tuple[str, ...]:
    return (node.id,) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ()


def _tells(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _TELLS
    return False
