"""Libraries of a distribution that its own sources name, and only where they go on without them.

The name may be handed on before it is opened: `path = _library_path()` before a `try` is followed to what is tried.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pip_sysdeps.byname.caught import Tree
from pip_sysdeps.byname.steps import StepLimitError, Steps
from pip_sysdeps.system.python_syntax import parse_python

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.byname.optional_modules import Source

_ERRORS = frozenset({"OSError", "ImportError", "RuntimeError"})
"""What opening a library raises whose needs are missing: ctypes, cffi, and what extension modules raise."""
_MOST_BYTES = 1 << 20
"""Bytes of sources that are parsed for one distribution: more would take seconds."""


_PATHS = {"Path", "PurePath", "abspath", "as_posix", "bytes", "dirname", "encode", "expanduser", "format", "fspath"}
_PATHS |= {"join", "joinpath", "normpath", "realpath", "resolve", "str"}
"""Functions that make a path of another one."""
_MOST_FOLLOWED = 100
"""Places to which one name is followed."""


def optional_files(wanted: Iterable[str], sources: Iterable[Source]) -> frozenset[str]:
    """Return those of some file names that each source which names them tries only, and goes on without.

    One that no source names as a whole string is not among them: a source puts its name together.
    """
    names = frozenset(wanted)
    named: set[str] = set()
    sure: set[str] = set()
    left, steps = _MOST_BYTES, Steps()
    for source in sources:
        here = frozenset(name for name in names - sure if name.encode("utf-8", "surrogateescape") in source.text)
        left -= len(source.text) if here else 0
        tree = parse_python(source.text) if here and left >= 0 else None
        try:
            of_source = _tried(Tree(tree, steps), here) if tree else dict.fromkeys(here, False)
        except StepLimitError:
            return frozenset()
        named.update(of_source)
        sure.update(name for name, is_tried in of_source.items() if not is_tried)
    return frozenset(named - sure)


def _tried(tree: Tree, names: frozenset[str]) -> dict[str, bool]:
    """Return for each name that strings of a source end with whether all that is done with them is tried."""
    flow, found = _Flow(tree), dict[str, bool]()
    for node in tree.nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.rpartition("/")[2]
            if name in names:
                found[name] = found.get(name, True) and flow.is_tried(node)
    return found


class _Flow:
    """Where values of one source go."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def is_tried(self, node: ast.AST) -> bool:
        """Return whether all that is done with a value is tried."""
        followed, pending, is_caught = set[ast.AST](), [node], False
        while pending:
            node = pending.pop()
            if node in followed or self._is_looked_at(node):
                continue
            followed.add(node)
            if self._tree.is_caught(self._tree.statement(node), _ERRORS):
                is_caught = True
                continue
            following = self._following(node)
            if not following or len(followed) > _MOST_FOLLOWED:
                return False
            pending += following
        return is_caught

    def _is_looked_at(self, node: ast.AST) -> bool:
        """Return whether nothing is done with a value but a test or a message."""
        return self._tree.is_told(node) or self._is_asked(node)

    def _following(self, node: ast.AST) -> list[ast.AST]:
        """Return where a value goes on: the calls of a function that opens or returns it, the uses of a variable."""
        statement = self._tree.statement(node)
        calls = self._calls(getattr(self._tree.scope(statement), "name", ""))
        if self._is_given_to_others(node):
            return list(calls)
        match statement:
            case ast.Return():
                return list(calls)
            case ast.Assign(targets=[ast.Name(id=name)]):
                return list(self._uses(name, self._tree.scope(statement)))
        return []

    def _is_given_to_others(self, node: ast.AST) -> bool:
        """Return whether a value is an argument of a function that may open it: of any but those that make paths."""
        for inner, outer in self._tree.around(node):
            match outer:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _PATHS:
                    continue
                case ast.Call(func=called) if called is not inner:
                    return True
                case ast.stmt():
                    return False
        return False

    def _is_asked(self, node: ast.AST) -> bool:
        """Return whether a condition asks about a value, and no more."""
        for inner, outer in self._tree.around(node):
            if isinstance(outer, ast.If | ast.While | ast.IfExp | ast.Assert) and inner is outer.test:
                return True
            if isinstance(outer, ast.stmt):
                return False
        return False

    def _calls(self, name: str) -> Iterator[ast.AST]:
        """Yield the calls of a function by its name."""
        for node in self._tree.nodes():
            match node:
                case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called == name:
                    yield node

    def _uses(self, name: str, scope: ast.AST) -> Iterator[ast.AST]:
        """Yield where a variable of a scope is used."""
        is_global = scope is self._tree.top
        for node in self._tree.nodes():
            match node:
                case ast.Name(id=used, ctx=ast.Load()) if used == name:
                    if is_global or self._tree.scope(node) is scope:
                        yield node
