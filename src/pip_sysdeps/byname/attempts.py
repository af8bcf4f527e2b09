"""What a `try` statement opens, and what its handlers open instead: alternatives, of which one has to be there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pip_sysdeps.byname.module import Attempt
    from pip_sysdeps.byname.steps import Steps
    from pip_sysdeps.model.needs import Reference


class Opened(NamedTuple):
    """A library that a call opens."""

    reference: Reference
    call: int
    """The call that decides on the name, by the identity of its node."""


def joined(opened: Sequence[Opened], attempts: Iterable[Attempt], steps: Steps) -> list[Opened]:
    """Join what is tried with what is opened instead, in their order, as far as one stands for the other.

    Together they are as sure as the fallback: the code goes on after the failure of what it tries first.
    """
    every = _Ordered(opened, steps)
    for attempt in attempts:
        for fallback in attempt.fallbacks:
            second = every.of(fallback)
            first = every.of(attempt.calls) if second else []
            if first and len(first) == len(second):
                pairs = [
                    _either(every.opened[one], every.opened[other]) for one, other in zip(first, second, strict=True)
                ]
                every.exchange((*first, *second), pairs)
    return list(every.opened.values())


class _Ordered:
    """What is opened, by a number that grows, and found by its call."""

    def __init__(self, opened: Iterable[Opened], steps: Steps) -> None:
        self.opened: dict[int, Opened] = {}
        self._by_call: defaultdict[int, dict[int, None]] = defaultdict(dict)
        self._next = 0
        self._steps = steps
        self._add(opened)

    def of(self, calls: frozenset[int]) -> list[int]:
        """Return the numbers of what the calls open, in their order."""
        self._steps.take(len(calls))
        return sorted(number for call in calls & self._by_call.keys() for number in self._by_call[call])

    def exchange(self, numbers: Iterable[int], opened: Iterable[Opened]) -> None:
        """Replace some by others, which are added at the end."""
        for number in numbers:
            del self._by_call[self.opened.pop(number).call][number]
        self._add(opened)

    def _add(self, opened: Iterable[Opened]) -> None:
        for each in opened:
            self.opened[self._next] = each
            self._by_call[each.call][self._next] = None
            self._next += 1


def _either(one: Opened, other: Opened) -> Opened:
    names = tuple(dict.fromkeys((*one.reference.names, *other.reference.names)))
    return one._replace(reference=replace(one.reference, names=names, confidence=other.reference.confidence))
