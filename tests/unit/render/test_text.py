"""Differences as lines for a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pip_sysdeps.packages.closure import Cost
from pip_sysdeps.render.terminal import Terminal
from pip_sysdeps.render.text import diff_as_text, listed_reasons, name_and_size, reason_text, title, versions
from pip_sysdeps.report.diff import DistributionChange, KeyChange, PackageChange, TargetDiff, UnresolvedChange

PQ = PackageChange(change="added", name="libpq5", in_line=True, because=("pg 1.0 was added",))


@pytest.mark.parametrize(
    ("change", "reasons", "text"),
    [
        ("added", ("x",), "because x"),
        ("removed", ("x", "y"), "because x and y"),
        ("changed", ("x",), "x"),
        ("added", (), ""),
        ("added", tuple("abcdef"), "because a and b and c and d and 2 more"),
    ],
)
def test_reasons_of_a_change(change: str, reasons: tuple[str, ...], text: str) -> None:
    """What changed about a package is its own reason; of many, the first are shown."""
    assert reason_text(replace(PQ, change=change, because=reasons)) == text
    assert listed_reasons(reasons) == text.removeprefix("because ")


@pytest.mark.parametrize(
    ("change", "adds", "text"),
    [
        ("added", None, "libpq5"),
        ("added", Cost(packages=("libpq5",), size=0), "libpq5"),
        ("added", Cost(packages=("libpq5",), size=2000), "libpq5 (+2.0 MB)"),
        ("removed", Cost(packages=("libpq5", "libssl3"), size=2000), "libpq5 (-2.0 MB with 2 packages)"),
    ],
)
def test_the_size_of_a_change(change: str, adds: Cost | None, text: str) -> None:
    """With the packages that come or go with it; nothing if it is unknown."""
    assert name_and_size(replace(PQ, change=change, adds=adds)) == text


@pytest.mark.parametrize(
    ("change", "old", "new", "text"),
    [
        ("added", "", "1.0", "1.0"),
        ("removed", "1.0", "", "1.0"),
        ("changed", "1.0", "", "1.0 -> editable"),
        ("changed", "", "2.0", "editable -> 2.0"),
    ],
)
def test_versions_of_a_distribution(change: str, old: str, new: str, text: str) -> None:
    """Both if it changed; an editable install has none."""
    assert versions(DistributionChange(change=change, name="pg", old=old, new=new)) == text


def test_a_target_with_every_kind_of_difference() -> None:
    """Empty parts have no heading."""
    found = TargetDiff(
        id="debian-bookworm-amd64",
        change="changed",
        packages=(PQ, replace(PQ, name="libx11-6", change="removed", in_line=False, because=())),
        distributions=(DistributionChange(change="changed", name="pg", old="1.0", new="2.0"),),
        unresolved=(
            UnresolvedChange(change="added", name="liba.so.1", distribution="", when="import"),
            UnresolvedChange(change="removed", name="libb.so.1", distribution="pg", when="plugin"),
        ),
        keys=(KeyChange(key="needs-glibc", old="", new="2.34"),),
    )
    other = replace(found, id="b", change="added", packages=(), distributions=(), unresolved=(), keys=())
    assert (
        diff_as_text([found, other], Terminal(width=80))
        == """\
debian-bookworm-amd64
  to install
    + libpq5 because pg 1.0 was added
  not in the install line
    - libx11-6
  distributions
    ~ pg 1.0 -> 2.0
  unresolved
    + liba.so.1 of no record (import)
    - libb.so.1 of pg (plugin)
  keys
    ~ needs-glibc nothing -> 2.34

b (the target was added)
"""
    )
    assert title(replace(found, change="removed")) == "debian-bookworm-amd64 (the target was removed)"
