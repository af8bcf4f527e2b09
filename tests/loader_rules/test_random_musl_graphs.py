"""Random graphs, held against musl's loader; `random_musl_graphs.py` runs any number of them."""

from __future__ import annotations

import pytest

from builders.ld_musl import musl_loader
from loader_rules import graph_run
from loader_rules.random_musl_graphs import check_graphs


def disagreements(seeds: range) -> list[tuple[int, list[str]]]:
    """Return the graphs on which our code and the loader differ."""
    musl_loader()
    return graph_run.disagreements(check_graphs, seeds)


@pytest.mark.toolchain
def test_random_graphs() -> None:
    """On forty graphs our code loads what musl loads and misses what it misses."""
    assert disagreements(range(40)) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("first", range(0, 2000, 200))
def test_many_random_graphs(first: int) -> None:
    """On two thousand graphs too."""
    assert disagreements(range(first, first + 200)) == []
