"""Where an expression is evaluated: a scope, and the values that calls give to parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.byname.signature import parameters, placed, rest_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Mapping, Sequence

    from pip_sysdeps.byname.module import Scope
    from pip_sysdeps.byname.signature import Function

Values = tuple[str, ...]


class Bindings:
    """The values of a function's parameters as one call gives them, found when they are asked for."""

    def __init__(self, asked: Mapping[str, Callable[[bool], Values]] | None = None) -> None:
        """`asked` gives the values of a parameter, or those of the first item of a list."""
        self._asked = asked or {}
        self._known: dict[tuple[str, bool], Values] = {}

    def has(self, name: str) -> bool:
        """Return whether the function has a parameter of that name."""
        return name in self._asked

    def of(self, name: str, *, head: bool = False) -> Values:
        """Return the values of a parameter; with `head` those of its first item: an argument list is its program."""
        key = name, head
        if key not in self._known:
            self._known[key] = self._asked[name](head)
        return self._known[key]


class Frame:
    """A scope, with the values of parameters as calls give them."""

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
        """Those of the function that the scope is, or lies in."""
        self.free = {} if free is None else free
        """Functions of which a parameter was asked for that only a caller gives, in the order of asking."""
        self.given = {} if given is None else given
        """Those of other functions: `__init__` sets an attribute that a method reads."""
        self.head = head
        """Whether a list counts as its first item: the program of an argument list."""

    def of(self, scope: Scope) -> Frame:
        """Return the frame for something that is set in a scope: the same parameters if it is the same function."""
        if scope is self.scope:
            return self
        bound = self.bound if self.scope.is_inside(scope) else self.given.get(scope)
        return Frame(scope, bound, self.free, self.given, head=self.head)

    def asking(self, *, head: bool) -> Frame:
        """Return the same frame with heads asked for, or not."""
        return self if head is self.head else Frame(self.scope, self.bound, self.free, self.given, head=head)

    def whole(self) -> Frame:
        """Return the same frame with whole values asked for."""
        return self.asking(head=False)


def bound(
    function: Function | ast.Module,
    call: ast.Call,
    given: Callable[[ast.expr, bool], Values],
    default: Callable[[str, bool], Values],
) -> Bindings:
    """Bind the parameters of a function: `given` evaluates an argument, `default` what a parameter is without one."""

    def of(value: ast.expr) -> Callable[[bool], Values]:
        return lambda head: given(value, head)

    def left_out(name: str) -> Callable[[bool], Values]:
        return lambda head: default(name, head)

    def items(values: Sequence[ast.expr]) -> Callable[[bool], Values]:
        return lambda head: tuple(text for value in (values[:1] if head else values) for text in given(value, head))

    names, rest = placed(function), rest_of(function)
    asked = {name: left_out(name) for name in parameters(function) if name not in {"self", "cls"}}
    if rest:
        asked[rest] = items(call.args[len(names) :])
    asked |= {name: of(value) for name, value in zip(names, call.args, strict=False)}
    asked |= {each.arg: of(each.value) for each in call.keywords if each.arg}
    return Bindings(asked)
