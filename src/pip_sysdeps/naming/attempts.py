"""What a `try` statement opens, and what its handlers open instead: alternatives, of which one has to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pip_sysdeps.model import Reference
    from pip_sysdeps.naming.module import Attempt


class Opened(NamedTuple):
    """A library that a call opens."""

    reference: Reference
    call: int
    """The call that decides on the name, by the identity of its node."""


def joined(opened: Sequence[Opened], attempts: Iterable[Attempt]) -> list[Opened]:
    """Join what is tried with what is opened instead, in their order, as far as one stands for the other.

    Together they are as sure as the fallback: the code goes on after the failure of what it tries first.
    """
    every = list(opened)
    for attempt in attempts:
        for fallback in attempt.fallbacks:
            first = [each for each in every if each.call in attempt.calls]
            second = [each for each in every if each.call in fallback]
            if first and len(first) == len(second):
                pairs = [_either(*pair) for pair in zip(first, second, strict=True)]
                every = [each for each in every if each not in first and each not in second] + pairs
    return every


def _either(one: Opened, other: Opened) -> Opened:
    names = tuple(dict.fromkeys((*one.reference.names, *other.reference.names)))
    return one._replace(reference=replace(one.reference, names=names, confidence=other.reference.confidence))
