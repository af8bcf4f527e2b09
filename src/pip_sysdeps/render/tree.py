"""Trees as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.render.terminal import Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pip_sysdeps.render.terminal import Terminal
    from pip_sysdeps.trees import Label, Node

_LINES = ("├── ", "│   ", "└── ")
_ASCII = ("|-- ", "|   ", "`-- ")
_NOTHING = "    "
_ROLES = {
    "distribution": Role.DISTRIBUTION,
    "soname": Role.SONAME,
    "package": Role.PACKAGE,
    "missing": Role.BAD,
    "other": Role.DOUBTFUL,
    "tried": Role.DIM,
}

_BETWEEN = {"distribution": " ", "package": " ", "floor": " ", "file": ", "}
"""What stands between a name and what is known about it."""


def as_text(nodes: Sequence[Node], terminal: Terminal) -> str:
    """Render each tree with lines from parent to child; what is too long goes on below its own beginning."""
    return "".join(text for node in nodes for text in _lines(node, terminal, "", ""))


def _lines(node: Node, terminal: Terminal, first: str, onward: str) -> Iterator[str]:
    """Yield a node, then its children; `onward` stands before all lines but the node's first."""
    fork, through, last = _LINES if terminal.lines else _ASCII
    children = tuple(node.children.values())
    yield terminal.flow(_spans(node.label), first, onward + (through if children else _NOTHING))
    for number, child in enumerate(children, 1):
        if number < len(children):
            yield from _lines(child, terminal, onward + fork, onward + through)
        else:
            yield from _lines(child, terminal, onward + last, onward + _NOTHING)


def _spans(label: Label) -> Iterator[Span]:
    role = _ROLES.get(label.kind, Role.PLAIN)
    between = _BETWEEN.get(label.kind, ": ")
    yield Span(label.name, role)
    if label.detail:
        yield Span(between + label.detail, Role.DIM if role is Role.DIM else Role.PLAIN)
