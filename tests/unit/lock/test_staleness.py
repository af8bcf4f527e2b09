"""What differs between a lock and an environment is reported in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from builders.small_debian import LOCK
from pip_sysdeps.lock.document import LockedDistribution, LockedFile, LockedPackage, Unresolved
from pip_sysdeps.lock.staleness import differences
from pip_sysdeps.lock.text import loads

OWN = loads(LOCK).target[0]
PSYCOPG = OWN.distribution[0]
(NEED,) = PSYCOPG.needs


def changed(**parts: Any) -> tuple[str, ...]:  # noqa: ANN401 - any part
    """Return what is reported when the locked target has become one with these parts."""
    return differences(OWN, replace(OWN, **parts))


def with_distribution(**parts: Any) -> tuple[str, ...]:  # noqa: ANN401 - any part
    """Return what is reported when the locked distribution has become one with these parts."""
    return changed(distribution=(replace(PSYCOPG, **parts),))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (changed(), ()),
        (changed(package=(LockedPackage(name="libpq5", min="15", version="15.1"),), snapshot="2026"), ()),
        (changed(python="cp312"), ("python cp311 is locked, cp312 is found",)),
        (changed(distribution=()), ("psycopg2 2.9.9 is locked, but is not installed or needs nothing",)),
        (
            changed(distribution=(PSYCOPG, LockedDistribution(name="two", version="3"))),
            ("two 3 is installed, but not locked",),
        ),
        (with_distribution(version="2.9.10"), ("psycopg2 2.9.9 is locked, 2.9.10 is installed",)),
        (with_distribution(version=""), ("psycopg2 2.9.9 is locked, an editable install is installed",)),
        (with_distribution(source=""), ("psycopg2: source local is locked, nothing is found",)),
        (with_distribution(vendored=("a", "b")), ("psycopg2: vendored nothing is locked, a, b is found",)),
        (with_distribution(needs=()), ("libpq.so.5 (libpq5) of psycopg2 is locked, but no longer needed",)),
        (
            with_distribution(needs=(NEED, replace(NEED, soname="libz.so.1", package="zlib1g"))),
            ("libz.so.1 (zlib1g) of psycopg2 is needed and not locked",),
        ),
        (
            changed(
                distribution=(replace(PSYCOPG, needs=(NEED, replace(NEED, soname="libz.so.1", package="zlib1g"))),),
                package=(LockedPackage(name="libpq5"), LockedPackage(name="zlib1g")),
            ),
            ("libz.so.1 (zlib1g) of psycopg2 is needed and not locked",),
        ),
        (
            with_distribution(needs=(replace(NEED, package="", class_="ignored", policy=True, note="no need"),)),
            ("libpq.so.5 of psycopg2: libpq5 is locked, ignored is found",),
        ),
        (
            with_distribution(needs=(replace(NEED, package="libpq5t64"),)),
            ("libpq.so.5 of psycopg2: libpq5 is locked, libpq5t64 is found",),
        ),
        (
            with_distribution(needs=(replace(NEED, when="plugin"),)),
            ("libpq.so.5 (libpq5) of psycopg2: when import is locked, plugin is found",),
        ),
        (
            changed(package=(LockedPackage(name="libpq5", base=True),)),
            (
                "libpq5: base false is locked, true is found",
                "needs of base packages: libpq.so.5 of psycopg2",
            ),
        ),
        (
            with_distribution(needs=(replace(NEED, by=("other.so",), by_more=2),)),
            ("needed by other files than those in the lock: libpq.so.5 (libpq5) of psycopg2",),
        ),
        (changed(package=()), ("libpq5 is locked, but no longer needed",)),
        (
            changed(unattributed=(LockedFile(file="bin/x", needs=(NEED,)),)),
            ("bin/x is listed in no RECORD and is not locked",),
        ),
        (
            changed(unresolved=(Unresolved(soname="libx.so", when="import", by=("bin/x",)),)),
            ("libx.so of the environment is unresolved and not locked",),
        ),
        (
            changed(unresolved=(Unresolved(soname="libx.so", when="import", distribution="psycopg2"),)),
            ("libx.so of psycopg2 is unresolved and not locked",),
        ),
    ],
)
def test_what_differs_is_said_in_words(said: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Each difference has one line; values that change by themselves have none."""
    assert said == expected
