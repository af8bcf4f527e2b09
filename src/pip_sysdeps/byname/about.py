"""The name, summary, keywords and description of a distribution, as sets of words."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW_SOURCES = 100
"""In a distribution with no more modules, a library that one of them opens counts as its purpose."""
_SHORTEST_JOINED = 5
"""A shorter word that is joined from parts is another word by chance."""
_MOST_PARTS = 6
"""Compounds of more parts are not joined again."""
_TITLE = r"(?m)^(?:Name|Summary|Keywords):(.*)"


class About:
    """The words of a distribution's metadata: they decide whether a need is its purpose or one feature."""

    def __init__(self, *, text: str, sources: int) -> None:
        """`text` is the METADATA file; `sources` is the number of Python modules."""
        self.sources = sources
        self._text = text
        head = text.replace("\r", "").partition("\n\n")[0]
        self.title = _words_of("\n".join(re.findall(_TITLE, head)))

    @cached_property
    def _words(self) -> set[str]:
        return _words_of(self._text)

    @property
    def is_large(self) -> bool:
        """Whether it has more than `FEW_SOURCES` modules, so that one of them may be one feature of many."""
        return self.sources > FEW_SOURCES

    def mentions(self, *words: str, in_title: bool = False) -> bool:
        """Return whether the text, or only its title (name, summary and keywords), has one of the words."""
        have = self.title if in_title else self._words
        return not have.isdisjoint(word.lower() for word in words if len(word) > 1)


def _words_of(text: str) -> set[str]:
    """Return the words of a text and the parts of compounds: `espeak-ng` and `ng` of `py-espeak-ng`, also joined.

    `povray` is a word of `POV-Ray`.
    """
    found = {word.strip(".-+_") for word in re.findall(r"[a-z0-9][a-z0-9.+_-]*", text.lower())}
    return found.union(*(_inside(word) for word in found if "-" in word or "_" in word))


def _inside(word: str) -> Iterator[str]:
    """Yield the parts of a compound, all of them joined, and, if it is short, their combinations."""
    parts = re.split("[-_]", word)
    yield from parts
    if len(joined := word.replace("-", "")) >= _SHORTEST_JOINED:
        yield joined
    for start, end in combinations(range(len(parts) + 1), 2) if len(parts) <= _MOST_PARTS else ():
        yield "-".join(parts[start:end])
