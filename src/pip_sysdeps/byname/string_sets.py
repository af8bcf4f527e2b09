"""Sets of strings, in the order of the text, put together within bounds."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.byname.frames import Values
    from pip_sysdeps.byname.steps import Steps

MOST = 64
"""Strings of one value, and so of one product."""
_LONGEST = 1 << 14
"""Characters of a string that is put together: what is longer names nothing, and would double at each step."""
_LETTERS_A_STEP = 64


def bounded(values: Iterable[str]) -> Values:
    """Return the first of the different values."""
    found: dict[str, None] = {}
    for value in values:
        found[value] = None
        if len(found) >= MOST:
            break
    return tuple(found)


def products(steps: Steps, pieces: Sequence[Values]) -> Iterator[tuple[str, ...]]:
    """Yield the combinations of several values, a bounded number of them, each of a bounded length."""
    for parts, _ in zip(product(*pieces), range(MOST), strict=False):
        steps.take(len(parts))
        if sum(map(len, parts)) <= _LONGEST:
            yield parts


def filled(texts: Iterable[str], pattern: str, pieces: Sequence[Values], steps: Steps) -> Iterator[str]:
    """Yield the texts with the pieces in the places that match a pattern, if there are as many."""
    for text in texts:
        steps.take(len(text) // _LETTERS_A_STEP)
        fixed = re.split(pattern, text)
        if len(fixed) == len(pieces) + 1:
            for filling in products(steps, [*pieces, (text,)]):
                yield "".join(part for pair in zip(fixed, (*filling[:-1], ""), strict=True) for part in pair)


def splits(texts: Iterable[str], separator: str | None, steps: Steps) -> Iterator[str]:
    """Yield what texts are split into."""
    for text in texts:
        steps.take(len(text) // _LETTERS_A_STEP)
        yield from text.split(separator or None)


def first_word(text: str) -> str:
    """Return the first word of a text that goes on; nothing where the word may go on, too."""
    word, space, _ = text.lstrip().partition(" ")
    return word if space else ""
