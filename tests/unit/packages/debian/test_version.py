"""The order of versions, judged by dpkg."""

from __future__ import annotations

import random
import shutil
import subprocess
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.debian import unavailable
from pip_sysdeps.packages.debian.version import version_key

ORDERED = (
    "0~",
    "0",
    "1.0~~",
    "1.0~~a",
    "1.0~",
    "1.0~rc1-1",
    "1.0-0~deb12u1",
    "1.0",
    "1.0-0.1",
    "1.0-1~bpo12+1",
    "1.0-1",
    "1.0-1+b1",
    "1.0a",
    "1.0z",
    "1.0+dfsg",
    "1.0-rc1-1",
    "1.0.1",
    "1.2.13.dfsg-1",
    "1.10",
    "2",
    "10~~",
    "10",
    "1:0.1",
    "2:0",
)
"""Least first."""

EQUAL = (("1.0", "0:1.0"), ("1.0", "1.0-0"), ("1.0", "1.00"), ("1.", "1.0"), ("1.0-1", "1.0-01"), ("a", "a0"))


def test_a_table_in_order() -> None:
    """Tildes before the end, the end before letters, letters before the rest, numbers by value, epochs first."""
    assert sorted(sorted(ORDERED), key=version_key) == list(ORDERED)


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_different_spellings_of_one_version(one: str, other: str) -> None:
    """A missing epoch, revision or number is 0."""
    assert version_key(one) == version_key(other)


@given(st.text(), st.text())
def test_any_text_has_a_place(one: str, other: str) -> None:
    """The order is total, whatever a file says."""
    ours, theirs = version_key(one), version_key(other)
    assert (ours < theirs) + (ours == theirs) + (ours > theirs) == 1


def test_a_number_without_end() -> None:
    """A number with too many digits for int() is compared too."""
    assert version_key("1" * 100_000) > version_key("9" * 99_999)


def random_version(source: random.Random) -> str:
    """Make a valid version that is often nearly another one."""
    epoch = source.choice(["", "", "0:", "1:"])
    upstream = str(source.randrange(3)) + "".join(source.choices("0019ab~~+..-", k=source.randrange(5)))
    return epoch + upstream.rstrip("-") + source.choice(["", "", "-0", "-1", "-1~", "-1+b1", "-0ubuntu1"])


def dpkg_says(one: str, other: str) -> int:
    """Compare two versions with the real dpkg: -1, 0 or 1."""
    for relation, answer in (("lt", -1), ("eq", 0)):
        if subprocess.run(["dpkg", "--compare-versions", one, relation, other], check=False).returncode == 0:
            return answer
    return 1


def we_say(one: str, other: str) -> int:
    """Compare two versions by their keys."""
    ours, theirs = version_key(one), version_key(other)
    return (ours > theirs) - (ours < theirs)


@pytest.mark.parametrize("count", [60, pytest.param(5000, marks=pytest.mark.exhaustive)])
def test_dpkg_agrees(count: int) -> None:
    """Random versions, and neighbours of the table."""
    if shutil.which("dpkg") is None:
        unavailable("install dpkg: apt-get install dpkg")
    source = random.Random(count)  # noqa: S311 - the same versions on every run
    pairs = [(random_version(source), random_version(source)) for _ in range(count)]
    pairs += [*pairwise(ORDERED), *EQUAL] if count < 1000 else product(ORDERED, ORDERED)
    assert {pair: we_say(*pair) for pair in pairs} == {pair: dpkg_says(*pair) for pair in pairs}
