"""Render trees as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.render.terminal import Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pip_sysdeps.render.terminal import Terminal
    from pip_sysdeps.report.trees import Label, Node

_UNICODE = ("├── ", "│   ", "└── ", " → ")
_ASCII = ("|-- ", "|   ", "`-- ", " -> ")
_SPACE = "    "
_NEED_KINDS = ("soname", "program", "needed-file")
_ROLES = {
    "distribution": Role.DISTRIBUTION,
    **dict.fromkeys(_NEED_KINDS, Role.SONAME),
    "package": Role.PACKAGE,
    "missing": Role.BAD,
    "other": Role.DOUBTFUL,
    "tried": Role.DIM,
}

_SEPARATORS = {"distribution": " ", "package": " ", "floor": " ", "file": ", "}
"""Separator between a name and its details."""


def as_text(nodes: Sequence[Node], terminal: Terminal, *, folded: bool = False) -> str:
    """Render each tree with lines from parent to child; long text is wrapped below its beginning.

    With `folded`, a need and its provider share a line if the provider is the only child and has no children.
    """
    return "".join(text for node in nodes for text in _Tree(terminal, folded=folded).lines(node, "", ""))


class _Tree:
    """Draws trees."""

    def __init__(self, terminal: Terminal, *, folded: bool) -> None:
        self._terminal = terminal
        self._folded = folded
        self._fork, self._vertical, self._last, self._arrow = _UNICODE if terminal.lines else _ASCII

    def lines(self, node: Node, first: str, continuation: str) -> Iterator[str]:
        """Yield a node, then its children; `continuation` is the prefix of all lines but the node's first."""
        children = tuple(node.children.values())
        spans = [*_spans(node.label)]
        if self._folded and node.label.kind in _NEED_KINDS and len(children) == 1 and not children[0].children:
            spans += [Span(self._arrow, Role.DIM), *_spans(children[0].label)]
            children = ()
        yield self._terminal.flow(spans, first, continuation + (self._vertical if children else _SPACE))
        for number, child in enumerate(children, 1):
            if number < len(children):
                yield from self.lines(child, continuation + self._fork, continuation + self._vertical)
            else:
                yield from self.lines(child, continuation + self._last, continuation + _SPACE)


def _spans(label: Label) -> Iterator[Span]:
    role = _ROLES.get(label.kind, Role.PLAIN)
    between = _SEPARATORS.get(label.kind, ": ")
    yield Span(label.name, role)
    if label.detail:
        yield Span(between + label.detail, Role.DIM if role is Role.DIM else Role.PLAIN)
