"""The way to a distribution from what was asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.facts import distribution
from pip_sysdeps.model import Distribution, Interpreter
from pip_sysdeps.requirements import marker_environment, ways

INTERPRETER = Interpreter(path="/usr/bin/python3.11", prefix="/usr", version=(3, 11), abi_tag="cp311")


def one(name: str, *requires: str, requested: bool = False) -> Distribution:
    """Return a distribution that requires others."""
    return replace(distribution(name), requires=requires, requested=requested)


def way(name: str, *distributions: Distribution) -> tuple[str, ...]:
    """Return the way to one of the distributions on an x86-64 CPython 3.11."""
    return ways(distributions, marker_environment(INTERPRETER, "x86_64"))[name]


def test_the_shortest_way_from_what_was_asked_for() -> None:
    """REQUESTED begins a way."""
    assert way("c", one("a", "b", requested=True), one("b", "c"), one("c")) == ("a", "b", "c")
    assert way("c", one("a", "b", "c", requested=True), one("b", "c"), one("c")) == ("a", "c")


def test_what_was_asked_for_is_its_own_reason() -> None:
    """Though another one requires it too."""
    assert way("b", one("a", "b", requested=True), one("b", requested=True)) == ("b",)


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("b; python_version < '3'", ("b",)),
        ("b; sys_platform == 'linux' and platform_machine == 'x86_64'", ("a", "b")),
        ("b>=1.0; implementation_name == 'cpython'", ("a", "b")),
        ("B_; this is no marker", ("b",)),
    ],
)
def test_markers_decide(requirement: str, expected: tuple[str, ...]) -> None:
    """A requirement counts where its marker holds; one that does not parse leads nowhere."""
    assert way("b", one("a", requirement, requested=True), one("b")) == expected


def test_extras_where_nothing_else_leads() -> None:
    """Which extras were asked for is not recorded, so any may have been, but a plain requirement comes first."""
    extra = one("a", "c; extra == 'x'", requested=True)
    assert way("c", extra, one("c")) == ("a", "c")
    assert way("c", extra, one("b", "d", requested=True), one("d", "c"), one("c")) == ("b", "d", "c")


def test_without_requested() -> None:
    """Where nothing was recorded as asked for, what nobody requires begins; in a cycle, the first by name."""
    assert way("c", one("b", "c"), one("c")) == ("b", "c")
    assert way("c", one("b", "c"), one("c", "b")) == ("b", "c")
