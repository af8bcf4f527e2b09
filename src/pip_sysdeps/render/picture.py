"""Draw the chains from requested distributions to libraries and their packages as an SVG picture."""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate, pairwise
from statistics import mean
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.render.markup import element, text
from pip_sysdeps.report.audit import PackageState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.report.audit import Audit

COLUMN_HEADINGS = ("Requested", "Distribution", "Needs", "System package")
_WIDTH, _HEIGHT, _PITCH, _STEP, _TOP = 178, 22, 29, 242, 34
"""Width and height of a node, distance of rows and of columns, height of the headings; in units of the picture."""
_MAX_CHARACTERS = 22
"""Limit on the characters of a name in a node."""


class Chain(NamedTuple):
    """One chain from a requested distribution to the provider of a library: a name for each column."""

    names: tuple[str, str, str, str]
    """The requested distribution, the distribution with the need, the needed name, and the package."""
    kind: str
    """`package` for the install line, `offered`, or `missing`."""


class _Node(NamedTuple):
    column: int
    name: str


def chains(audit: Audit) -> tuple[Chain, ...]:
    """Return the chains of all packages except base packages, sorted by their names."""
    requirement_chains = {row.name: row.requirement_chain for row in audit.distributions}

    def requested_root(holder: str) -> str:
        return next(iter(requirement_chains.get(holder, ())), holder)

    kinds = {PackageState.INSTALL: "package", PackageState.OFFER: "offered"}
    found = {
        Chain((requested_root(use.distribution), use.distribution, use.name, row.package.name), kinds[row.state])
        for row in audit.packages
        if row.state in kinds
        for use in row.uses
    }
    for each in audit.target.unresolved:
        holder = each.distribution or ", ".join(each.by)
        found.add(Chain((requested_root(holder), holder, each.name, "nothing has it"), "missing"))
    return tuple(sorted(found))


def picture(found: Sequence[Chain], links: Mapping[tuple[int, str], str]) -> str:
    """Draw the chains; `links` has the link of a node, by column and name.

    Every node and edge has the numbers of its chains, which the page's script highlights.
    """
    nodes, edges = _nodes_and_edges(found)
    places = _positions(found)
    height = max(places.values()) + _PITCH
    content = [
        *_headings(),
        *(_edge(edge, numbers, places) for edge, numbers in edges.items()),
        *(_node(node, numbers, places[node], found, links) for node, numbers in nodes.items()),
    ]
    size = f"0 0 {3 * _STEP + _WIDTH + 2} {height:.0f}"
    return element(
        "svg", *content, viewBox=size, role="group", aria_label="Chains from requested distributions to packages"
    )


def _headings() -> Iterator[str]:
    for column, head in enumerate(COLUMN_HEADINGS):
        yield element("text", text(head), class_="head", x=str(column * _STEP + 1), y="16")


def _nodes_and_edges(found: Sequence[Chain]) -> tuple[dict[_Node, list[int]], dict[tuple[_Node, _Node], list[int]]]:
    """Return the nodes, sorted by column and position, and the edges, each with the numbers of its chains."""
    nodes: defaultdict[_Node, list[int]] = defaultdict(list)
    edges: defaultdict[tuple[_Node, _Node], list[int]] = defaultdict(list)
    for number, chain in enumerate(found):
        path = [_Node(column, name) for column, name in enumerate(chain.names)]
        for node in path:
            nodes[node].append(number)
        for edge in pairwise(path):
            edges[edge].append(number)
    places = _positions(found)
    return dict(sorted(nodes.items(), key=lambda item: (item[0].column, places[item[0]]))), edges


def _positions(found: Sequence[Chain]) -> Mapping[_Node, float]:
    """Return the vertical position of each node: the longest column in order, others near their neighbours."""
    columns = [list(dict.fromkeys(names)) for names in zip(*(chain.names for chain in found), strict=True)]
    longest = max((2, 1, 0, 3), key=lambda column: len(columns[column]))
    places = {_Node(longest, name): float(_TOP + number * _PITCH) for number, name in enumerate(columns[longest])}
    neighbours = [(column, column + 1) for column in range(longest)[::-1]]
    neighbours += [(column, column - 1) for column in range(longest + 1, len(columns))]
    for column, other in neighbours:
        positions_of: defaultdict[str, set[float]] = defaultdict(set)
        for chain in found:
            positions_of[chain.names[column]].add(places[_Node(other, chain.names[other])])
        preferred = sorted((mean(positions), name) for name, positions in positions_of.items())
        height = (len(columns[longest]) - 1) * _PITCH
        spread = _spread_out(_stretch([y for y, _ in preferred], height))
        places |= {_Node(column, name): y for (_, name), y in zip(preferred, spread, strict=True)}
    return places


def _stretch(preferred: Sequence[float], height: float) -> list[float]:
    """Return positions spread over the height: libraries with many users would all be in the middle."""
    first, last, share = preferred[0], preferred[-1], height * (len(preferred) - 1) / len(preferred)
    if not 0 < last - first < share:
        return list(preferred)
    return [_TOP + (height - share) / 2 + (y - first) * share / (last - first) for y in preferred]


def _spread_out(preferred: Sequence[float]) -> list[float]:
    """Return positions close to the preferred ones, at least a row apart and below the headings.

    The preferred positions are sorted. The result is the mean of pushing nodes only down and only up.
    """
    down = _push_apart(preferred)
    up = [-y for y in _push_apart([-y for y in reversed(preferred)])][::-1]
    return _push_apart([max(_TOP, (low + high) / 2) for low, high in zip(down, up, strict=True)])


def _push_apart(preferred: Iterable[float]) -> list[float]:
    return list(accumulate(preferred, lambda before, y: max(y, before + _PITCH)))


def _edge(edge: tuple[_Node, _Node], numbers: Iterable[int], places: Mapping[_Node, float]) -> str:
    (left, right), middle = edge, _HEIGHT / 2
    x, end = left.column * _STEP + _WIDTH + 1, right.column * _STEP + 1
    y, below = places[left] + middle, places[right] + middle
    bend = (x + end) / 2
    curve = f"M{x} {y:.1f}C{bend:.0f} {y:.1f} {bend:.0f} {below:.1f} {end} {below:.1f}"
    return element("path", d=curve, data_chains=_join_numbers(numbers))


def _node(
    node: _Node, numbers: Sequence[int], y: float, found: Sequence[Chain], links: Mapping[tuple[int, str], str]
) -> str:
    kinds = {found[number].kind for number in numbers} if node.column == len(COLUMN_HEADINGS) - 1 else set()
    x = node.column * _STEP + 1
    content = (
        element("title", text(f"{COLUMN_HEADINGS[node.column]}: {node.name}")),
        element("rect", x=str(x), y=f"{y:.1f}", width=str(_WIDTH), height=str(_HEIGHT), rx="5"),
        element("text", text(shorten(node.name)), x=str(x + 8), y=f"{y + 15.5:.1f}"),
    )
    attributes = {"class_": " ".join(["node", *sorted(kinds)]), "data_chains": _join_numbers(numbers)}
    link = links.get(node)
    return (
        element("a", *content, href=link, **attributes) if link else element("g", *content, tabindex="0", **attributes)
    )


def shorten(name: str) -> str:
    """Return a name that fits into a node; the middle is omitted, as long names often differ at their end."""
    if len(name) <= _MAX_CHARACTERS:
        return name
    end = (_MAX_CHARACTERS - 1) // 2
    return f"{name[: _MAX_CHARACTERS - 1 - end]}\N{HORIZONTAL ELLIPSIS}{name[-end:]}"


def _join_numbers(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))
