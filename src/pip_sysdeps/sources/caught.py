"""Branches of a source that may fail, because the code around them catches the error."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.sources.expressions import children, last_name, leaves, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pip_sysdeps.sources.module import Branch
    from pip_sysdeps.sources.steps import Steps

_EVERYTHING = {"Exception", "BaseException"}
_OUTCOMES = {"CalledProcessError", "TimeoutExpired", "SubprocessError", "KeyboardInterrupt", "UnicodeDecodeError"}
_OUTCOMES |= {"KeyError", "IndexError"}
"""Errors of a program that ran; a missing program raises FileNotFoundError."""
_MISSING = frozenset({"OSError", "FileNotFoundError", "EnvironmentError", "IOError"})
"""Errors for a missing library or program."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_INTERPRETER = re.compile(
    r"version_info|hexversion|implementation|\bPY[23]|sys\.platform|os\.name|\bplatform\.|\.system\(\)|__debug__"
)
"""Conditions on the interpreter or its system."""


class Caught(NamedTuple):
    """Decides where a source continues after one of some errors."""

    errors: frozenset[str]
    """Names of the errors."""
    steps: Steps
    """Limit on the work; all methods may raise StepLimitError."""

    def survives(self, branch: Branch) -> bool:
        """Return whether the code around a branch continues if the branch raises one of the errors."""
        for each in branch.outward():
            if isinstance(each.statement, ast.FunctionDef | ast.AsyncFunctionDef):
                return False
            if self.is_survived(each):
                return True
        return False

    def is_survived(self, branch: Branch) -> bool:
        """Return whether the statement of a branch continues if the branch raises one of the errors."""
        match branch.statement:
            case ast.Try(body=body) as attempt if branch.body is body:
                return self._handles(attempt, branch)
            case ast.With(items=items):
                return any(_suppresses(item.context_expr, self.errors) for item in items)
        return False

    def is_raised_instead(self, branch: Branch) -> bool:
        """Return whether the other branch of a condition raises one of the errors."""
        return any(self._raises(other) for other in self.alternatives(branch))

    def alternatives(self, branch: Branch) -> Iterator[list[ast.stmt]]:
        """Yield the other branch of each condition around a branch, except conditions on the interpreter."""
        for each in branch.outward():
            match each.statement:
                case ast.If(test=test, body=body, orelse=orelse):
                    if not _INTERPRETER.search(text_of(test, self.steps)):
                        yield orelse if each.body is body else body
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    return

    def _handles(self, attempt: ast.Try, branch: Branch) -> bool:
        """Return whether a `try` catches an error, and neither the handler nor later code raises."""
        handler = next((each for each in attempt.handlers if _catches(each.type, self.errors)), None)
        if handler is None or fails(handler.body, self.steps) or self._stores_error(handler):
            return False
        noted = {name for node in _nodes_of(handler.body, self.steps) for name in _set_name(node)}
        behind = _nodes_of(_function_body(branch), self.steps) if noted else ()
        return not any(self._fails_later(node, noted) for node in behind if getattr(node, "lineno", 0) > attempt.lineno)

    def _raises(self, body: Iterable[ast.stmt]) -> bool:
        """Return whether statements fail, and name one of the errors."""
        named = any(isinstance(node, ast.Name) and node.id in self.errors for node in _nodes_of(body, self.steps))
        return named and fails(body, self.steps)

    def _stores_error(self, handler: ast.ExceptHandler) -> bool:
        """Return whether a handler stores the error in a variable, to be raised later."""
        return handler.name is not None and any(
            isinstance(node, ast.Assign) and any(map(_set_name, node.targets)) and _mentions(node.value, {handler.name})
            for node in _nodes_of(handler.body, self.steps)
        )

    def _fails_later(self, node: ast.AST, names: Collection[str]) -> bool:
        """Return whether a node fails depending on one of some variables."""
        match node:
            case ast.If(test=test, body=body):
                return _mentions(test, names) and fails(body, self.steps)
            case ast.Assert(test=test):
                return _mentions(test, names)
        return False


def fails(body: Iterable[ast.AST], steps: Steps) -> bool:
    """Return whether statements raise an error or end the program."""
    return any(isinstance(node, ast.Raise) or leaves(node) for node in _nodes_of(body, steps))


def _nodes_of(body: Iterable[ast.AST], steps: Steps) -> Iterator[ast.AST]:
    """Yield statements and everything in them except the bodies of functions."""
    pending = list(body)
    while pending:
        steps.take()
        node = pending.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            pending += children(node)


def _function_body(branch: Branch) -> Iterable[ast.stmt]:
    """Return the body of the function or module around a branch."""
    around = (each for each in branch.outward() if isinstance(each.statement, (*_FUNCTIONS, ast.Module)))
    return next(around, branch).body


def _catches(kind: ast.expr | None, errors: frozenset[str]) -> bool:
    """Return whether the handler of these exceptions, or of all, catches one of the errors."""
    return kind is None or not errors.union(_EVERYTHING).isdisjoint(_names(kind))


def missing_handler(attempt: ast.Try) -> Sequence[ast.stmt]:
    """Return the handler of a `try` for the error for something missing: the first that surely or maybe catches it."""
    sure = [each.body for each in attempt.handlers if _catches(each.type, _MISSING)]
    return next(iter(sure), next((each.body for each in attempt.handlers if may_catch_missing(each.type)), ()))


def continues_after(handler: ast.ExceptHandler) -> bool:
    """Return whether a handler may catch the error for something missing, and does not return that error."""
    ends = handler.body[-1]
    returned = isinstance(ends, ast.Return) and ends.value and handler.name and _mentions(ends.value, {handler.name})
    return may_catch_missing(handler.type) and not returned


def may_catch_missing(kind: ast.expr | None) -> bool:
    """Return whether the handler of these exceptions, or of all, may catch the error for something missing."""
    return kind is None or not _OUTCOMES.issuperset(_names(kind))


def _names(kind: ast.expr) -> list[str]:
    return [last_name(each) for each in (kind.elts if isinstance(kind, ast.Tuple) else [kind])]


def _suppresses(context: ast.expr, errors: frozenset[str]) -> bool:
    """Return whether a `with` item is `contextlib.suppress` for one of the errors."""
    match context:
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=kinds):
            return any(_catches(each, errors) for each in kinds)
    return False


def _mentions(test: ast.expr, names: Collection[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(test))


def _set_name(node: ast.AST) -> tuple[str, ...]:
    return (node.id,) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ()
