"""Random graphs, each step held against the real loader's; `random_graphs.py` runs any number of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.debian import debian_root
from builders.ld_so import release
from loader_rules.random_graphs import check_graphs


def disagreements(seeds: range, root: Path = Path("/")) -> list[tuple[int, list[str]]]:
    """Return the seeds of the graphs on which we and the loader differ, with how."""
    return [(seed, found) for seed, found in check_graphs(seeds, release(root)) if found]


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
