"""The displays of a distribution's sources: lists, tuples, sets and dictionaries that are written out.

Source: the Python language reference, 6.2.4 (displays).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.sources.definitions import Definitions
    from pip_sysdeps.sources.frames import Frame
    from pip_sysdeps.sources.module import Assignment
    from pip_sysdeps.sources.steps import Steps

_DISPLAYS = (ast.Dict, ast.List, ast.Tuple, ast.Set)


class Displays:
    """Finds the displays that an expression may be, each with the frame for its items."""

    def __init__(self, definitions: Definitions, steps: Steps) -> None:
        self._definitions = definitions
        self._steps = steps

    def of(self, value: ast.expr, frame: Frame) -> Iterator[tuple[ast.expr, Frame]]:
        """Yield the displays that an expression may be, through variables and attributes."""
        definitions, module = self._definitions, frame.scope.module
        found: Iterable[Assignment] = ()
        match value:
            case ast.Dict() | ast.List() | ast.Tuple() | ast.Set():
                yield value, frame
            case ast.Name(id=name):
                found = definitions.assignments(name, frame.scope) or definitions.variable(module.dotted(value))
            case ast.Attribute(attr=name):
                found = definitions.attribute(module, name) or definitions.variable(module.dotted(value))
        for each in found:
            if isinstance(each.value, _DISPLAYS) and each.place is None and not each.iterated:
                self._steps.take()
                yield each.value, frame.of(each.scope)

    def items(self, value: ast.expr, frame: Frame) -> Iterator[tuple[ast.expr, Frame]]:
        """Yield the items of the displays that an expression may be; of a dictionary, its values."""
        for display, at in self.of(value, frame):
            items = display.values if isinstance(display, ast.Dict) else getattr(display, "elts", ())
            self._steps.take(len(items))
            yield from ((item, at) for item in items)

    def pairs(self, value: ast.expr, frame: Frame) -> Iterator[tuple[ast.expr, ast.expr, Frame]]:
        """Yield the keys and values of the dictionaries that an expression may be."""
        for display, at in self.of(value, frame):
            if isinstance(display, ast.Dict):
                self._steps.take(len(display.keys))
                yield from ((key, each, at) for key, each in zip(display.keys, display.values, strict=True) if key)

    def is_collection(self, node: ast.expr, frame: Frame) -> bool:
        """Return whether an operand of `+` is a collection, not a string."""
        self._steps.take()
        match node:
            case ast.List() | ast.Tuple() | ast.Set() | ast.ListComp() | ast.GeneratorExp() | ast.Dict():
                return True
            case ast.Call(func=ast.Name(id="list" | "tuple" | "sorted" | "reversed")):
                return True
            case ast.BinOp(left=left, op=ast.Add()):
                return self.is_collection(left, frame)
            case ast.Name(id=name):
                found = self._definitions.assignments(name, frame.scope)
                values = [each.value for each in found if not each.iterated]
                plain = [value for value in values if not isinstance(value, ast.Name | ast.BinOp)]
                return any(self.is_collection(value, frame) for value in plain)
        return False
