"""Random graphs, each step held against the real loader's; `random_graphs.py` runs any number of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from builders.debian import debian_root
from builders.ld_so import release
from loader_rules import graph_run
from loader_rules.random_graphs import check_graphs


def disagreements(seeds: range, root: Path = Path("/")) -> list[tuple[int, list[str]]]:
    """Return the graphs on which our code and a root's loader differ."""
    return graph_run.disagreements(partial(check_graphs, glibc=release(root)), seeds)


@pytest.mark.toolchain
def test_random_graphs() -> None:
    """On forty graphs our code takes the loader's every step."""
    assert disagreements(range(40)) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("first", range(0, 2000, 200))
def test_many_random_graphs(first: int) -> None:
    """On two thousand graphs too."""
    assert disagreements(range(first, first + 200)) == []


@pytest.mark.debian
@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_random_graphs_in_debian(suite: str) -> None:
    """The loaders and the ldconfig of Debian 12 and 13 agree."""
    assert disagreements(range(100), debian_root(suite)) == []
