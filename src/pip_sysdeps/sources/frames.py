"""The context of an evaluation: a scope, and the values of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.sources.signature import arguments, parameters, placed, rest_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Mapping, Sequence

    from pip_sysdeps.sources.module import Scope
    from pip_sysdeps.sources.signature import Function

Values = tuple[str, ...]


class Bindings:
    """Values of a function's parameters for one call, evaluated when needed."""

    def __init__(self, asked: Mapping[str, Callable[[bool], Values]] | None = None) -> None:
        """`asked` evaluates each parameter, or with True the first item of a list."""
        self._asked = asked or {}
        self._known: dict[tuple[str, bool], Values] = {}

    def has(self, name: str) -> bool:
        """Return whether the function has a parameter of that name."""
        return name in self._asked

    def of(self, name: str, *, head: bool = False) -> Values:
        """Return the values of a parameter, or with `head` those of its first item."""
        key = name, head
        if key not in self._known:
            self._known[key] = self._asked[name](head)
        return self._known[key]


class Frame:
    """A scope with the values of parameters."""

    def __init__(
        self,
        scope: Scope,
        bound: Bindings | None = None,
        free: dict[Scope, None] | None = None,
        given: Mapping[Scope, Bindings] | None = None,
        *,
        head: bool = False,
    ) -> None:
        self.scope = scope
        self.bound = Bindings() if bound is None else bound
        """Parameters of the function that the scope belongs to."""
        self.free = {} if free is None else free
        """Functions with a parameter that was needed but is not bound, in this order."""
        self.given = {} if given is None else given
        """Parameters of other functions: `__init__` sets attributes that methods read."""
        self.head = head
        """Whether a list stands for its first item, the program of a command."""

    def of(self, scope: Scope) -> Frame:
        """Return the frame for another scope, with the parameters that are known there."""
        if scope is self.scope:
            return self
        bound = self.bound if self.scope.is_inside(scope) else self.given.get(scope)
        return Frame(scope, bound, self.free, self.given, head=self.head)

    def asking(self, *, head: bool) -> Frame:
        """Return the frame with or without `head`."""
        return self if head is self.head else Frame(self.scope, self.bound, self.free, self.given, head=head)

    def whole(self) -> Frame:
        """Return the frame without `head`."""
        return self.asking(head=False)


def bound(
    function: Function | ast.Module,
    call: ast.Call,
    given: Callable[[ast.expr, bool], Values],
    default: Callable[[str, bool], Values],
) -> Bindings:
    """Bind the parameters of a function: `given` evaluates an argument, `default` a parameter without one."""

    def of(value: ast.expr) -> Callable[[bool], Values]:
        return lambda head: given(value, head)

    def left_out(name: str) -> Callable[[bool], Values]:
        return lambda head: default(name, head)

    def items(values: Sequence[ast.expr]) -> Callable[[bool], Values]:
        return lambda head: tuple(text for value in (values[:1] if head else values) for text in given(value, head))

    names, rest = placed(function), rest_of(function)
    asked = {name: left_out(name) for name in parameters(function) if name not in {"self", "cls"}}
    if rest:
        asked[rest] = items(arguments(call)[len(names) :])
    asked |= {name: of(value) for name, value in zip(names, arguments(call), strict=False)}
    asked |= {each.arg: of(each.value) for each in call.keywords if each.arg}
    return Bindings(asked)
