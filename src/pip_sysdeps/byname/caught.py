"""What a Python source goes on without: branches whose failure it catches."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.byname.callables import leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pip_sysdeps.byname.module import Branch
    from pip_sysdeps.byname.steps import Steps

_EVERYTHING = {"Exception", "BaseException"}
_OUTCOMES = {"CalledProcessError", "TimeoutExpired", "SubprocessError", "KeyboardInterrupt", "UnicodeDecodeError"}
"""Errors of a program that was run: one that is missing raises FileNotFoundError."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_INTERPRETER = re.compile(
    r"version_info|hexversion|implementation|\bPY[23]|sys\.platform|os\.name|\bplatform\.|\.system\(\)|__debug__"
)
"""Conditions on the interpreter or its system: one of their branches runs everywhere."""


class Caught(NamedTuple):
    """Some errors, and where a source goes on after one of them."""

    errors: frozenset[str]
    """Their names."""
    steps: Steps
    """Bounds the work: what is asked raises StepLimitError where it takes more."""

    def survives(self, branch: Branch) -> bool:
        """Return whether the code around a branch goes on when the branch raises one of the errors."""
        for each in branch.outward():
            match each.statement:
                case ast.Try(body=body) as attempt if each.body is body and self._is_survived(attempt, each):
                    return True
                case ast.With(items=items) if any(suppresses(item.context_expr, self.errors) for item in items):
                    return True
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    return False
        return False

    def is_raised_instead(self, branch: Branch) -> bool:
        """Return whether a condition leads to the branch, or else to one of the errors."""
        return any(self._raises(other) for other in alternatives(branch))

    def _is_survived(self, attempt: ast.Try, branch: Branch) -> bool:
        """Return whether an error that is tried stops nothing: neither its handler nor the code behind raises."""
        handler = next((each for each in attempt.handlers if catches(each.type, self.errors)), None)
        if handler is None or self._fails(handler.body) or self._stores_error(handler):
            return False
        noted = {name for node in self._nodes_of(handler.body) for name in _set_name(node)}
        behind = self._nodes_of(_function_body(branch)) if noted else ()
        return not any(self._fails_later(node, noted) for node in behind if getattr(node, "lineno", 0) > attempt.lineno)

    def _raises(self, body: Iterable[ast.stmt]) -> bool:
        """Return whether statements give up, and name one of the errors for it."""
        named = any(isinstance(node, ast.Name) and node.id in self.errors for node in self._nodes_of(body))
        return named and self._fails(body)

    def _stores_error(self, handler: ast.ExceptHandler) -> bool:
        """Return whether a handler puts the error into a variable, to be raised when somebody asks."""
        return handler.name is not None and any(
            isinstance(node, ast.Assign) and any(map(_set_name, node.targets)) and _mentions(node.value, {handler.name})
            for node in self._nodes_of(handler.body)
        )

    def _fails(self, body: Iterable[ast.AST]) -> bool:
        """Return whether statements raise, or leave the program."""
        return any(isinstance(node, ast.Raise) or leaves(node) for node in self._nodes_of(body))

    def _fails_later(self, node: ast.AST, names: Collection[str]) -> bool:
        """Return whether a node gives up if one of some variables says so."""
        match node:
            case ast.If(test=test, body=body):
                return _mentions(test, names) and self._fails(body)
            case ast.Assert(test=test):
                return _mentions(test, names)
        return False

    def _nodes_of(self, body: Iterable[ast.AST]) -> Iterator[ast.AST]:
        """Yield statements and all that is in them, but for the bodies of functions."""
        pending = list(body)
        while pending:
            self.steps.take()
            node = pending.pop()
            yield node
            if not isinstance(node, _FUNCTIONS):
                pending += ast.iter_child_nodes(node)


def alternatives(branch: Branch) -> Iterator[list[ast.stmt]]:
    """Yield the other branch of each condition that leads to a branch, but for conditions on the interpreter."""
    for each in branch.outward():
        match each.statement:
            case ast.If(test=test, body=body, orelse=orelse):
                if not _INTERPRETER.search(ast.unparse(test)):
                    yield orelse if each.body is body else body
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return


def _function_body(branch: Branch) -> Iterable[ast.stmt]:
    """Return the body of the function, or else of the module, that a branch is in."""
    around = (each for each in branch.outward() if isinstance(each.statement, (*_FUNCTIONS, ast.Module)))
    return next(around, branch).body


def catches(kind: ast.expr | None, errors: Collection[str]) -> bool:
    """Return whether the handler of a `try` for these exceptions, or for all, catches one of the errors."""
    match kind:
        case None:
            return True
        case ast.Tuple(elts=kinds):
            return any(catches(each, errors) for each in kinds)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in errors or name in _EVERYTHING
    return False


def may_catch_missing(kind: ast.expr | None) -> bool:
    """Return whether the handler of a `try` for these exceptions may catch that something is missing."""
    match kind:
        case ast.Tuple(elts=kinds):
            return any(map(may_catch_missing, kinds))
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name not in _OUTCOMES
    return True


def suppresses(context: ast.expr, errors: Collection[str]) -> bool:
    """Return whether a `with` is `contextlib.suppress` of one of the errors."""
    match context:
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=kinds):
            return any(catches(each, errors) for each in kinds)
    return False


def _mentions(test: ast.expr, names: Collection[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(test))


def _set_name(node: ast.AST) -> tuple[str, ...]:
    return (node.id,) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ()
