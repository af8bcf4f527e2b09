"""A cache of a method's results that its object can keep without a reference cycle."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast
from weakref import proxy

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import MethodType

_P = ParamSpec("_P")
_R = TypeVar("_R")


def method_cache(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return a cached form of a bound method, as `functools.cache` does, with a weak reference to its object.

    An object in a cycle lives until Python collects cycles, and so does its root with the folders that it has open.
    """
    bound = cast("MethodType", method)
    return cast("Callable[_P, _R]", cache(partial(bound.__func__, proxy(bound.__self__))))
