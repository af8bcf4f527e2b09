"""The context of an evaluation: a scope, and the arguments that are known there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping, Sequence

    from pip_sysdeps.sources.module import Scope

Values = tuple[str, ...]


@dataclass(eq=False)
class Bindings:
    """The arguments of one call of a function."""

    arguments: Mapping[str, tuple[Sequence[ast.expr], Frame]] = field(default_factory=dict)
    """Expressions for each parameter, several for `*rest`, and the frame to evaluate them in."""
    values: dict[tuple[str, bool], Values] = field(default_factory=dict)
    """Their values so far, by parameter and `Frame.head`."""


@dataclass(eq=False)
class Frame:
    """A scope with the arguments of calls."""

    scope: Scope
    bound: Bindings = field(default_factory=Bindings)
    """Parameters of the function that the scope belongs to."""
    free: dict[Scope, None] = field(default_factory=dict)
    """Functions with a parameter that was needed but is not bound, in this order."""
    given: Mapping[Scope, Bindings] = field(default_factory=dict)
    """Parameters of other functions: `__init__` sets attributes that methods read."""
    head: bool = False
    """Whether a list stands for its first item, the program of a command."""

    def of(self, scope: Scope) -> Frame:
        """Return the frame for another scope, with the parameters that are known there."""
        if scope is self.scope:
            return self
        bound = self.bound if self.scope.is_inside(scope) else self.given.get(scope, Bindings())
        return Frame(scope, bound, self.free, self.given, self.head)

    def asking(self, *, head: bool) -> Frame:
        """Return the frame with or without `head`."""
        return self if head is self.head else Frame(self.scope, self.bound, self.free, self.given, head)

    def whole(self) -> Frame:
        """Return the frame without `head`."""
        return self.asking(head=False)
