"""Trees as text for a terminal, and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pip_sysdeps.lockfile import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.trees import Node

_FORKS = ("├── ", "│   "), ("└── ", "    ")
"""Before a child and before what is below it: while others follow, and for the last."""


def as_text(nodes: Sequence[Node]) -> str:
    """Render each tree with lines from parent to child, a node a line; names are made printable."""
    return "".join(f"{line}\n" for node in nodes for line in (_line(node), *_below(node, "")))


def as_json(nodes: Sequence[Node]) -> str:
    """Render `{"schema": 1, "tree": [{"kind", "name", "detail", "children"}, ...]}`."""
    return json.dumps({"schema": 1, "tree": [_object(node) for node in nodes]}, indent=2) + "\n"


def _below(node: Node, indent: str) -> Iterator[str]:
    children = tuple(node.children.values())
    for number, child in enumerate(children):
        fork, onward = _FORKS[number == len(children) - 1]
        yield f"{indent}{fork}{_line(child)}"
        yield from _below(child, indent + onward)


def _line(node: Node) -> str:
    label = node.label
    between = " " if label.kind == "distribution" else ": "
    return printable(f"{label.name}{between}{label.detail}" if label.detail else label.name)


def _object(node: Node) -> dict[str, object]:
    label = node.label
    children: Iterable[Node] = node.children.values()
    return {
        "kind": label.kind,
        "name": printable(label.name),
        "detail": printable(label.detail),
        "children": [_object(child) for child in children],
    }
