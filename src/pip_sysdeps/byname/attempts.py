"""What a `try` statement opens, and what its handlers open instead: alternatives, of which one has to be there."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
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
    every, added = dict(enumerate(opened)), count(len(opened))
    by_call: defaultdict[int, list[int]] = defaultdict(list)
    for number, each in every.items():
        by_call[each.call].append(number)

    def of(calls: frozenset[int]) -> list[int]:
        steps.take(len(calls))
        return sorted(number for call in calls & by_call.keys() for number in by_call[call] if number in every)

    for attempt in attempts:
        for fallback in attempt.fallbacks:
            second = of(fallback)
            first = of(attempt.calls) if second else []
            if first and len(first) == len(second):
                for one, other in zip(first, second, strict=True):
                    both = _either(every.pop(one), every.pop(other))
                    number = next(added)
                    every[number] = both
                    by_call[both.call].append(number)
    return list(every.values())


def _either(one: Opened, other: Opened) -> Opened:
    names = tuple(dict.fromkeys((*one.reference.names, *other.reference.names)))
    return one._replace(reference=one.reference._replace(names=names, confidence=other.reference.confidence))
