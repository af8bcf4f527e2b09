"""Format text for a terminal: wrapped to its width, coloured, and aligned in tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Role(Enum):
    """The role of a piece of text."""

    PLAIN = "plain"
    HEADING = "heading"
    DISTRIBUTION = "distribution"
    PACKAGE = "package"
    SONAME = "soname"
    DIM = "dim"
    GOOD = "good"
    BAD = "bad"
    DOUBTFUL = "doubtful"


_SGR = {
    Role.HEADING: "1",
    Role.DISTRIBUTION: "1",
    Role.PACKAGE: "32",
    Role.SONAME: "36",
    Role.DIM: "2",
    Role.GOOD: "32;1",
    Role.BAD: "31;1",
    Role.DOUBTFUL: "33;1",
}
"""The colour of each role: parameters of Select Graphic Rendition (ECMA-48 8.3.117)."""


class Span(NamedTuple):
    """A piece of text in one role."""

    text: str
    role: Role = Role.PLAIN


Cell = tuple[Span, ...]
"""One cell of a table."""

_MIN_LAST_COLUMN = 30
"""The last column of a table is put below the others if fewer characters are left for it."""
_BELOW_INDENT = "    "
"""Indent of a last column that is below the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """The abilities of a terminal, or of a file or pipe."""

    width: int
    """Characters in a line; a longer word gets its own line, so that a path is not broken."""
    colour: bool = False
    """Whether to use colours."""
    lines: bool = True
    """Whether its encoding has line-drawing characters."""

    def paint(self, span: Span) -> str:
        """Return printable text in its colour."""
        text = printable(span.text)
        look = _SGR.get(span.role, "") if self.colour and text else ""
        return f"\x1b[{look}m{text}\x1b[0m" if look else text

    def flow(self, spans: Iterable[Span], first: str = "", rest: str = "") -> str:
        """Return wrapped lines; `first` is the indent of the first line, `rest` that of the others."""
        lines, line, room = [], first, self.width - len(first)
        has_words = False
        for word in _words(spans):
            length = sum(len(printable(span.text)) for span in word)
            if has_words and length + 1 > room:
                lines.append(line)
                line, room, has_words = rest, self.width - len(rest), False
            line += " " * has_words + "".join(map(self.paint, word))
            room -= length + has_words
            has_words = True
        return "".join(f"{each.rstrip()}\n" for each in (*lines, line))

    def heading(self, text: str) -> str:
        """Return a heading line."""
        return self.flow([Span(text, Role.HEADING)])

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Cell]], indent: str = "") -> str:
        """Return aligned columns; the last one is wrapped, or put below the others if there is no room for it."""
        lines: list[Sequence[Cell]] = [[(Span(title, Role.DIM),) for title in head], *rows]
        widths = [max(_length(line[column]) for line in lines) for column in range(len(head) - 1)]
        return "".join(self._row(line, widths, indent) for line in lines)

    def _row(self, cells: Sequence[Cell], widths: Sequence[int], indent: str) -> str:
        painted = ["".join(map(self.paint, cell)) for cell in cells[:-1]]
        padding = [" " * (width - _length(cell)) for cell, width in zip(cells, widths, strict=False)]
        start = "".join(f"{text}{pad}  " for text, pad in zip(painted, padding, strict=True))
        left = len(indent) + sum(widths) + 2 * len(widths)
        if self.width - left < _MIN_LAST_COLUMN:
            indent_below = indent + _BELOW_INDENT
            return f"{indent}{start.rstrip()}\n{self.flow(cells[-1], indent_below, indent_below)}"
        room = Terminal(width=self.width - left, colour=self.colour)
        first, *others = room.flow(cells[-1]).splitlines()
        lines = (indent + start + first, *(" " * left + line for line in others))
        return "".join(f"{line.rstrip()}\n" for line in lines)


def plain(text: str) -> Cell:
    """Return a cell without colour."""
    return (Span(text),)


def join_spans(spans: Iterable[Span], separator: str = ", ") -> Cell:
    """Return spans with separators between them."""
    parts: list[Span] = []
    for span in spans:
        parts += [Span(separator)] if parts else []
        parts.append(span)
    return tuple(parts)


def _length(cell: Cell) -> int:
    return sum(len(printable(span.text)) for span in cell)


def _words(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Yield the words, each as its spans."""
    word: list[Span] = []
    for text, role in spans:
        first, *others = text.split(" ")
        word += [Span(first, role)] if first else []
        for part in others:
            if word:
                yield word
            word = [Span(part, role)] if part else []
    if word:
        yield word
