"""Combine sets of strings within limits, in the order of the source."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.sources.frames import Values
    from pip_sysdeps.sources.steps import Steps

MOST = 64
"""Maximum number of strings in a value."""
UNKNOWN = "\0"
"""The place of a computed part in a command."""
_LONGEST = 1 << 14
"""Maximum length of a combined string: a longer one is no name, and could double at each step."""


def bounded(values: Iterable[str]) -> Values:
    """Return the first different values."""
    found: dict[str, None] = {}
    for value in values:
        found[value] = None
        if len(found) >= MOST:
            break
    return tuple(found)


def products(steps: Steps, pieces: Sequence[Values]) -> Iterator[tuple[str, ...]]:
    """Yield the combinations of several values, limited in number and length."""
    for parts, _ in zip(product(*pieces), range(MOST), strict=False):
        steps.take(len(parts))
        if sum(map(len, parts)) <= _LONGEST:
            yield parts


def filled(texts: Iterable[str], pattern: str, pieces: Sequence[Values], steps: Steps) -> Iterator[str]:
    """Yield the texts with the matches of a pattern replaced by pieces, if there are as many."""
    for text in texts:
        fixed = re.split(pattern, text)
        if len(fixed) == len(pieces) + 1:
            for filling in products(steps, [*pieces, (text,)]):
                yield "".join(part for pair in zip(fixed, (*filling[:-1], ""), strict=True) for part in pair)


def begins_unknown(text: str) -> bool:
    """Return whether the first word of a command is computed."""
    return any(UNKNOWN in word for word in text.split(None, 1)[:1])
