"""Join the libraries or files of a `try` statement with those of its handlers: they are alternatives."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pip_sysdeps.model.needs import Reference
    from pip_sysdeps.sources.module import Attempt
    from pip_sysdeps.sources.steps import Steps


class Opened(NamedTuple):
    """A library or file that a call opens."""

    reference: Reference
    call: int
    """Identity of the call that states the name."""


def joined(opened: Sequence[Opened], attempts: Iterable[Attempt], steps: Steps) -> list[Opened]:
    """Return what is opened, with that of a `try` and of its handler joined in this order.

    The pair has the confidence of the fallback, because the code continues after the first failure. A `try` and a
    handler that open different numbers of libraries or files are not joined.
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
