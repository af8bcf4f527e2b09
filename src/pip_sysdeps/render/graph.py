"""Render trees as graphs for Graphviz (dot) and Mermaid, with one node for each object.

Source: graphviz.org, "The DOT Language"; mermaid.js.org, "Flowcharts - Basic Syntax".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.printing import printable, without_log_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pip_sysdeps.report.trees import Node

_SHAPES = {"distribution": "box", "file": "note", "package": "box3d", "missing": "octagon"}
_BRACKETS = {"distribution": ("[", "]"), "file": ("[/", "/]"), "package": ("[[", "]]"), "missing": ("{{", "}}")}
_UNSAFE = frozenset('"#&;<>`\\$%@[]{}|')


class _GraphNode(NamedTuple):
    kind: str
    name: str
    holder: str
    """The distribution of a file, because two distributions may have files with the same name."""


def as_dot(nodes: Sequence[Node]) -> str:
    """Render the trees as a directed graph for `dot`."""
    numbers, edges = _graph(nodes)
    lines = [
        f"  n{number} [label={_quote(node.name)}, shape={_SHAPES.get(node.kind, 'ellipse')}];"
        for node, number in numbers.items()
    ]
    lines += [f"  n{left} -> n{right};" for left, right in edges]
    return "\n".join(["digraph {", "  rankdir=LR;", *lines, "}", ""])


def as_mermaid(nodes: Sequence[Node]) -> str:
    """Render the trees as a Mermaid flowchart, which GitHub and GitLab render in Markdown."""
    numbers, edges = _graph(nodes)
    lines = []
    for node, number in numbers.items():
        opening, closing = _BRACKETS.get(node.kind, ("(", ")"))
        lines.append(f'  n{number}{opening}"{_escape_mermaid(node.name)}"{closing}')
    lines += [f"  n{left} --> n{right}" for left, right in edges]
    return "\n".join(["flowchart LR", *lines, ""])


def _graph(nodes: Iterable[Node]) -> tuple[dict[_GraphNode, int], list[tuple[int, int]]]:
    """Return the unique nodes with their numbers, and the unique edges, both in the order of the trees."""
    numbers: dict[_GraphNode, int] = {}
    edges: dict[tuple[int, int], None] = {}
    for parent, node in _parent_and_node(nodes):
        number = numbers.setdefault(node, len(numbers))
        if parent is not None:
            edges[numbers[parent], number] = None
    return numbers, list(edges)


def _parent_and_node(nodes: Iterable[Node]) -> Iterator[tuple[_GraphNode | None, _GraphNode]]:
    """Yield each node of the trees after its parent, as pairs of parent and node."""
    pending: list[tuple[_GraphNode | None, Node]] = []
    pending += [(None, node) for node in nodes][::-1]
    while pending:
        parent, tree = pending.pop()
        label = tree.label
        holder = parent.name if parent is not None and label.kind == "file" else ""
        node = _GraphNode(label.kind, label.name, holder)
        yield parent, node
        pending += [(node, child) for child in tree.children.values()][::-1]


def _quote(text: str) -> str:
    """Return a quoted string of DOT; backslashes are escaped, as they begin an escape sequence in a label."""
    escaped = without_log_commands(printable(text)).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escape_mermaid(text: str) -> str:
    """Return the text of a Mermaid label, with entities for syntax and markup."""
    return "".join(f"#{ord(each)};" if each in _UNSAFE else each for each in printable(text))
