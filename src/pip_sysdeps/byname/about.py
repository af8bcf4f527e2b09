"""What a distribution says of itself."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW_SOURCES = 100
"""Up to this many modules, what one of them opens is taken as the distribution's purpose."""
_MOST_PARTS = 6
"""A word with more hyphens is no name."""
_TITLE = r"(?m)^(?:Name|Summary|Keywords):(.*)"


class About:
    """What a distribution is about, to decide whether something that it names is its purpose or one feature."""

    def __init__(self, *, text: str, sources: int) -> None:
        """`text` is its name, summary and description; `sources` how many Python modules it has."""
        self.sources = sources
        self._text = text
        head = text.replace("\r", "").partition("\n\n")[0]
        self.title = _words_of("\n".join(re.findall(_TITLE, head)))

    @cached_property
    def _words(self) -> set[str]:
        return _words_of(self._text)

    @property
    def is_large(self) -> bool:
        """Whether it has more than `FEW_SOURCES` modules, so that what one of them opens may be one feature of many."""
        return self.sources > FEW_SOURCES

    def mentions(self, *words: str, in_title: bool = False) -> bool:
        """Return whether the text, or its title (name, summary and keywords), has one of the words."""
        have = self.title if in_title else self._words
        return not have.isdisjoint(word.lower() for word in words if len(word) > 1)


def _words_of(text: str) -> set[str]:
    """Return the words of a text, and those inside a compound: `espeak-ng` and `ng` of `py-espeak-ng`."""
    found = {word.strip(".-+") for word in re.findall(r"[a-z0-9][a-z0-9.+-]*", text.lower())}
    return found.union(*(_inside(word) for word in found if "-" in word))


def _inside(word: str) -> Iterator[str]:
    """Yield the parts of a compound, and if it is a short one also what several of them make together."""
    parts = word.split("-")
    yield from parts
    for start, end in combinations(range(len(parts) + 1), 2) if len(parts) <= _MOST_PARTS else ():
        yield "-".join(parts[start:end])
