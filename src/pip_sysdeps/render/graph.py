"""Trees as graphs for Graphviz (dot) and Mermaid: each object is one node.

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
    """For a file: its distribution, as two may have files with the same name."""


def as_dot(nodes: Sequence[Node]) -> str:
    """Render the trees as a directed graph for `dot`."""
    things, edges = _graph(nodes)
    lines = [
        f"  n{number} [label={_quoted(thing.name)}, shape={_SHAPES.get(thing.kind, 'ellipse')}];"
        for thing, number in things.items()
    ]
    lines += [f"  n{left} -> n{right};" for left, right in edges]
    return "\n".join(["digraph {", "  rankdir=LR;", *lines, "}", ""])


def as_mermaid(nodes: Sequence[Node]) -> str:
    """Render the trees as a Mermaid flowchart, which GitHub and GitLab render in Markdown."""
    things, edges = _graph(nodes)
    lines = []
    for thing, number in things.items():
        before, after = _BRACKETS.get(thing.kind, ("(", ")"))
        lines.append(f'  n{number}{before}"{_entities(thing.name)}"{after}')
    lines += [f"  n{left} --> n{right}" for left, right in edges]
    return "\n".join(["flowchart LR", *lines, ""])


def _graph(nodes: Iterable[Node]) -> tuple[dict[_GraphNode, int], list[tuple[int, int]]]:
    """Return each thing with its number, and the edges, each once; both in the order of the trees."""
    things: dict[_GraphNode, int] = {}
    edges: dict[tuple[int, int], None] = {}
    for before, thing in _steps(nodes):
        number = things.setdefault(thing, len(things))
        if before is not None:
            edges[things[before], number] = None
    return things, list(edges)


def _steps(nodes: Iterable[Node]) -> Iterator[tuple[_GraphNode | None, _GraphNode]]:
    """Yield each node of the trees with its parent, from the top."""
    pending: list[tuple[_GraphNode | None, Node]] = []
    pending += [(None, node) for node in nodes][::-1]
    while pending:
        before, node = pending.pop()
        label = node.label
        holder = before.name if before is not None and label.kind == "file" else ""
        thing = _GraphNode(label.kind, label.name, holder)
        yield before, thing
        pending += [(thing, child) for child in node.children.values()][::-1]


def _quoted(text: str) -> str:
    """Return a quoted string of DOT: a backslash begins an escape sequence of a label."""
    escaped = without_log_commands(printable(text)).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _entities(text: str) -> str:
    """Return the text of a Mermaid label, with entities for syntax and markup."""
    return "".join(f"#{ord(each)};" if each in _UNSAFE else each for each in printable(text))
