"""The order of apk's versions, as apk-package(5) states it."""

from __future__ import annotations

from itertools import combinations

import pytest

from pip_sysdeps.packages.apk.version import compare, is_version, version_key

ORDERED = (
    "0.1_pre2",
    "0.1_pre20",
    "0.1",
    "0.1.0",
    "0.1.05",
    "0.1.1",
    "0.9",
    "0.10",
    "1.0_alpha",
    "1.0_alpha1",
    "1.0_beta",
    "1.0_pre",
    "1.0_rc1",
    "1.0_rc1-r1",
    "1.0_rc1_p1",
    "1.0_rc2",
    "1.0",
    "1.0-r0",
    "1.0-r1",
    "1.0-r10",
    "1.0~1",
    "1.0~abc",
    "1.0_cvs",
    "1.0_svn",
    "1.0_git20200101",
    "1.0_hg",
    "1.0_p",
    "1.0_p1",
    "1.0_p1-r3",
    "1.0a",
    "1.0b",
    "1.0.0",
    "1.0.1",
    "1.1",
    "20240101",
)
"""Oldest first."""


def test_order() -> None:
    """Each version is older than all that follow it."""
    compared = {pair: (compare(*pair), compare(*reversed(pair))) for pair in combinations(ORDERED, 2)}
    assert compared == dict.fromkeys(compared, (-1, 1))


@pytest.mark.parametrize(("one", "other"), [("1.0", "1.0"), ("01", "1"), ("1.0-r0", "1.0-r00"), ("1_p1", "1_p01")])
def test_equal(one: str, other: str) -> None:
    """Leading zeros count only after a point."""
    assert compare(one, other) == 0


@pytest.mark.parametrize(
    "text", ["", "a", "1.", "1.2ab", "1a.2", "1_foo", "1_p1.2", "1.0-1", "1.0-r", "1~", "1~G", "1 "]
)
def test_invalid_versions(text: str) -> None:
    """Text with other characters is not a version."""
    assert not is_version(text)


def test_a_text_that_is_no_version_is_older() -> None:
    """What cannot be read puts it before the version that it begins with."""
    assert compare("1.2_foo", "1.2") == -1


@pytest.mark.parametrize("text", ORDERED)
def test_valid_versions(text: str) -> None:
    """Each of these is a version."""
    assert is_version(text)


def test_a_huge_number_costs_nothing() -> None:
    """A hostile version of a million digits is compared as text."""
    assert max(["1." + "9" * 1_000_000, "2"], key=version_key) == "2"
    assert compare("1" + "0" * 1_000_000, "9" * 1_000_000) == 1
