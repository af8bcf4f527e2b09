"""The way to a distribution from what was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from builders.facts import distribution
from pip_sysdeps.environment.requirements import (
    Link,
    applies,
    marker_environment,
    required_distributions,
    requirement_chains,
)
from pip_sysdeps.model.environment import Distribution, Interpreter

INTERPRETER = Interpreter(path="/usr/bin/python3.11", prefix="/usr", version=(3, 11), abi_tag="cp311")
MARKERS = marker_environment(INTERPRETER, "x86_64")


def one(name: str, *requires: str, requested: bool = False) -> Distribution:
    """Return a distribution that requires others."""
    return distribution(name)._replace(requires=requires, requested=requested)


def way(name: str, *distributions: Distribution) -> tuple[str, ...]:
    """Return the way to one of the distributions on an x86-64 CPython 3.11."""
    return tuple(link.name for link in requirement_chains(distributions, MARKERS)[name])


def test_the_shortest_way_from_a_requested_distribution() -> None:
    """A distribution with REQUESTED begins a path."""
    assert way("c", one("a", "b", requested=True), one("b", "c"), one("c")) == ("a", "b", "c")
    assert way("c", one("a", "b", "c", requested=True), one("b", "c"), one("c")) == ("a", "c")


def test_a_requested_distribution_is_its_own_reason() -> None:
    """That another one requires it too does not matter."""
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


def test_each_link_says_how_it_was_asked_for() -> None:
    """Each link has the requirement as the previous distribution wrote it."""
    found = requirement_chains([one("a", "B [x] >=1,<2", requested=True), one("b")], MARKERS)
    assert found["b"] == (Link(name="a"), Link(name="b", requirement="B[x]<2,>=1"))


def test_extras_that_a_distribution_asks_for_are_certain() -> None:
    """They count as much as a plain requirement, through several distributions; others lead where nothing else does."""
    app, other = one("app", "b[x]", requested=True), one("other", "d", requested=True)
    b = one("b", "c[y]; extra == 'x'", "d; extra == 'z'")
    c, d, e = one("c", "e; extra == 'y'"), one("d"), one("e")
    assert way("e", app, b, c, d, e, other) == ("app", "b", "c", "e")
    assert required_distributions([app, b, c, d, e, other], MARKERS) == {
        "app": ("b",),
        "b": ("c",),
        "c": ("e",),
        "d": (),
        "e": (),
        "other": ("d",),
    }


def test_a_distribution_that_requires_itself() -> None:
    """As pip allows for collecting extras; it is no way to itself."""
    assert way("b", one("a", "a[x]", "b; extra == 'x'", requested=True), one("b")) == ("a", "b")
    assert required_distributions([one("a", "a[x]", "b; extra == 'x'"), one("b")], MARKERS)["a"] == ("b",)


@pytest.mark.parametrize(
    "marker",
    ['os_name ~= "x"', '"a" < "b"', f'python_version > "{"9" * 5000}"', f"{'(' * 3000}os_name == 'posix'{')' * 3000}"],
)
def test_a_marker_that_cannot_be_judged(marker: str) -> None:
    """The requirement leads nowhere; a declared need counts."""
    assert way("b", one("a", f"b; {marker}", requested=True), one("b")) == ("b",)
    assert applies(marker, MARKERS)


@pytest.mark.parametrize("marker", ["extra == 'X_y'", "'x-Y' == extra"])
def test_extras_are_compared_by_their_normalized_names(marker: str) -> None:
    """PEP 685, whichever side of the comparison the extra stands on."""
    assert required_distributions([one("a", "b[x.y]"), one("b", f"c; {marker}"), one("c")], MARKERS)["b"] == ("c",)


def test_a_chain_of_extras() -> None:
    """Each requirement is judged once, however long the chain of extras is."""
    links = [f'a[e{number + 1}]; extra == "e{number}"' for number in range(1000)]
    judged = judgements(one("a", "a[e0]", *links, 'b; extra == "e1000"'), one("b"))
    assert judged < 5000


def judgements(*distributions: Distribution) -> int:
    """Count the reads of the environment of markers."""

    class Counting(dict[str, str]):
        reads = 0

        def keys(self) -> Any:  # noqa: ANN401 - what dict gives
            Counting.reads += 1
            return super().keys()

    assert required_distributions(distributions, Counting(MARKERS))["a"] == ("b",)
    return Counting.reads
