"""`pip-sysdeps tree`, as a person calls it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from builders.schemas import check_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builders.command import Result

GOLDEN = Path(__file__).parents[1] / "golden" / "tree"


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("options", [[], ["--reverse"]], ids=["forward", "reverse"])
def test_text(
    run: Callable[..., Result], same_as_committed: Callable[[Path, str], None], options: list[str], width: int
) -> None:
    """A library and its package share a line."""
    result = run("tree", *options, width=width)
    assert result.status == 0
    same_as_committed(GOLDEN / f"{'reverse' if options else 'forward'}.{width}.txt", result.out)
    assert all(len(line) <= width for line in result.out.splitlines())


@pytest.mark.parametrize("options", [[], ["--reverse"]], ids=["forward", "reverse"])
def test_json(run: Callable[..., Result], options: list[str]) -> None:
    """By the published schema."""
    document = json.loads(run("tree", "--json", *options).out)
    check_schema("tree", document)
    assert [each["kind"] for each in document["tree"]] == sorted(each["kind"] for each in document["tree"])


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not here")
@pytest.mark.parametrize("options", [[], ["--reverse"]], ids=["forward", "reverse"])
def test_dot(run: Callable[..., Result], options: list[str]) -> None:
    """Graphviz reads the nodes and edges of the tree, each once."""
    text = run("tree", "--format", "dot", *options).out
    graph = json.loads(
        subprocess.run(["dot", "-Tdot_json"], input=text, capture_output=True, check=True, text=True).stdout
    )
    document = json.loads(run("tree", "--json", *options).out)
    names = [each["label"] for each in graph["objects"]]
    drawn = {(names[each["tail"]], names[each["head"]]) for each in graph["edges"]}
    assert drawn == set(steps(document["tree"]))
    assert len(graph["edges"]) == len({(each["tail"], each["head"]) for each in graph["edges"]})


def steps(nodes: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the names of each node and each of its children."""
    for node in nodes:
        yield from ((node["name"], child["name"]) for child in node["children"])
        yield from steps(node["children"])


def test_mermaid(run: Callable[..., Result]) -> None:
    """The same graph as for Graphviz."""
    text, dot = run("tree", "--format", "mermaid").out, run("tree", "--format", "dot").out
    assert text.startswith("flowchart LR\n")
    assert re.findall(r"(n[0-9]+) --> (n[0-9]+)", text) == re.findall(r"(n[0-9]+) -> (n[0-9]+)", dot)
    labels = re.compile(r'\W(n[0-9]+)\W+(?:label=)?"([^"]*)"')
    assert labels.findall(text) == labels.findall(dot)


def test_an_encoding_without_lines(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree is drawn in ASCII."""
    monkeypatch.setattr(type(sys.stdout), "encoding", "ascii", raising=False)
    result = run("tree")
    assert result.out.isascii()
    assert "`-- libpq.so.5: import -> libpq5\n" in result.out
