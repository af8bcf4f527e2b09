"""Text on a terminal: wrapped to its width, in colours that never stand alone, aligned in tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Role(Enum):
    """What a piece of text is."""

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
"""How each looks: parameters of Select Graphic Rendition (ECMA-48 8.3.117)."""


class Span(NamedTuple):
    """A piece of text in one role."""

    text: str
    role: Role = Role.PLAIN


Cell = tuple[Span, ...]
"""One cell of a table."""

_LEAST = 30
"""Columns that the last one of a table has at least beside the others."""
_BELOW = "    "
"""What stands before it where it has to stand below them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """What a terminal, or the file or pipe in its place, can show."""

    width: int
    """Columns. Words that are longer stand on a line of their own: a path is never broken."""
    colour: bool = False
    """Colours are wanted."""
    lines: bool = True
    """Its encoding has the characters that lines are drawn with."""

    def paint(self, span: Span) -> str:
        """Return a piece of text in its colour, made printable."""
        text = printable(span.text)
        look = _SGR.get(span.role, "") if self.colour and text else ""
        return f"\x1b[{look}m{text}\x1b[0m" if look else text

    def flow(self, spans: Iterable[Span], first: str = "", rest: str = "") -> str:
        """Return lines filled with words, each with its end; `first` stands before the first, `rest` before others."""
        lines, line, room = [], first, self.width - len(first)
        begun = False
        for word in _words(spans):
            length = sum(len(printable(span.text)) for span in word)
            if begun and length + 1 > room:
                lines.append(line)
                line, room, begun = rest, self.width - len(rest), False
            line += " " * begun + "".join(map(self.paint, word))
            room -= length + begun
            begun = True
        return "".join(f"{each.rstrip()}\n" for each in (*lines, line))

    def heading(self, text: str) -> str:
        """Return a line that names what follows."""
        return self.flow([Span(text, Role.HEADING)])

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Cell]], indent: str = "") -> str:
        """Return aligned columns; the last one is wrapped to what the others leave, or below them if that is little."""
        lines: list[Sequence[Cell]] = [[(Span(title, Role.DIM),) for title in head], *rows]
        widths = [max(_length(line[column]) for line in lines) for column in range(len(head) - 1)]
        return "".join(self._row(line, widths, indent) for line in lines)

    def _row(self, cells: Sequence[Cell], widths: Sequence[int], indent: str) -> str:
        painted = ["".join(map(self.paint, cell)) for cell in cells[:-1]]
        padding = [" " * (width - _length(cell)) for cell, width in zip(cells, widths, strict=False)]
        begin = "".join(f"{text}{pad}  " for text, pad in zip(painted, padding, strict=True))
        left = len(indent) + sum(widths) + 2 * len(widths)
        if self.width - left < _LEAST:
            below = indent + _BELOW
            return f"{indent}{begin.rstrip()}\n{self.flow(cells[-1], below, below)}"
        room = Terminal(width=self.width - left, colour=self.colour)
        first, *others = room.flow(cells[-1]).splitlines()
        lines = (indent + begin + first, *(" " * left + line for line in others))
        return "".join(f"{line.rstrip()}\n" for line in lines)


def plain(text: str) -> Cell:
    """Return a cell in no colour."""
    return (Span(text),)


def joined(spans: Iterable[Span], separator: str = ", ") -> Cell:
    """Return spans with a separator between each two."""
    parts: list[Span] = []
    for span in spans:
        parts += [Span(separator)] if parts else []
        parts.append(span)
    return tuple(parts)


def _length(cell: Cell) -> int:
    return sum(len(printable(span.text)) for span in cell)


def _words(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Yield what stands between spaces, each with the pieces that it is made of."""
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
