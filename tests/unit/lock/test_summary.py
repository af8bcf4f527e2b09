"""The line after an install, for two locks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.locked import TARGET_FACTS, locked, need, target
from pip_sysdeps.lock.document import LockedPackage, Lockfile, Unresolved
from pip_sysdeps.lock.summary import SAME_LINE, line_message, summarize
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import LockedDistribution

HEAD = f"""lock-version = "1.0"

[[target]]
{TARGET_FACTS}"""
PSYCOPG2 = """
[[target.distribution]]
name = "psycopg2"
version = "2.9.9"

[[target.distribution.needs]]
soname = "libpq.so.5"
package = "libpq5"
when = "import"
by = ["psycopg2/_psycopg.so"]
"""
PACKAGE = """
[[target.package]]
name = "libpq5"
"""
NOTHING = 'lock-version = "1.0"\n'
NEEDS_PQ = HEAD + PSYCOPG2 + PACKAGE


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (NOTHING, HEAD, "no system package is needed"),
        (NOTHING, NEEDS_PQ, "+libpq5 (psycopg2)"),
        (NOTHING, f"{NEEDS_PQ}base = true\n", "no system package is needed"),
        (HEAD, NEEDS_PQ, "+libpq5 (psycopg2)"),
        (NEEDS_PQ, HEAD, "-libpq5"),
        (NEEDS_PQ, NEEDS_PQ.replace("2.9.9", "2.9.10"), "the install line does not change: psycopg2 2.9.9 -> 2.9.10"),
        (NEEDS_PQ, NEEDS_PQ.replace("_psycopg.so", "_other.so"), "the install line does not change: psycopg2 changed"),
        (NEEDS_PQ, f'{NEEDS_PQ}min = "15"\n', "the install line does not change"),
        (NEEDS_PQ, f"# a comment\n{NEEDS_PQ}", "the install line does not change"),
    ],
)
def test_the_most_important_change_is_shown(before: str, after: str, said: str) -> None:
    """Packages of the line come first, then distributions, then other changes."""
    assert summarize(loads(before), loads(after)) == said


PQ, GOMP = need("libpq.so.5", "libpq5"), need("libgomp.so.1", "libgomp1", "dlopen", confidence="high")
ONE, TWO = locked("one", PQ), locked("two", PQ, GOMP)
GONE = Unresolved(soname="libgone.so.1", when="import", distribution="one")
STRAY = Unresolved(soname="liba.so.1", when="import", by=("x/a.so", "x/b.so"))


def lock(*distributions: LockedDistribution, **changes: object) -> Lockfile:
    """Return the lock of a target with these distributions."""
    return Lockfile(target=(target(*distributions, **changes),))


@pytest.mark.parametrize(
    ("before", "after", "summary"),
    [
        (Lockfile(), lock(), "no system package is needed"),
        (Lockfile(), lock(ONE), "+libpq5 (one)"),
        (lock(), lock(ONE, TWO), "+libgomp1 (two, dlopen), +libpq5 (one and 1 more)"),
        (lock(TWO), lock(), "-libgomp1, -libpq5"),
        (
            lock(),
            lock(unresolved=(GONE, STRAY)),
            "unresolved liba.so.1 (x/a.so, x/b.so), unresolved libgone.so.1 (one)",
        ),
        (lock(unresolved=(GONE,)), lock(), SAME_LINE),
        (lock(ONE), lock(replace(ONE, version="2.0")), f"{SAME_LINE}: one 1.0 -> 2.0"),
        (lock(ONE), lock(replace(ONE, version="")), f"{SAME_LINE}: one 1.0 -> editable"),
        (lock(replace(ONE, version="")), lock(ONE), f"{SAME_LINE}: one editable -> 1.0"),
        (lock(ONE), lock(replace(ONE, wheel="py3-none-any")), f"{SAME_LINE}: one changed"),
        (lock(), lock(locked("new")), f"{SAME_LINE}: +new"),
        (lock(locked("old")), lock(), f"{SAME_LINE}: -old"),
        (lock(ONE), lock(ONE, package=(LockedPackage(name="libpq5", base=True),)), "-libpq5"),
    ],
)
def test_what_changed_between_two_locks(before: Lockfile, after: Lockfile, summary: str) -> None:
    """Packages of the line and unresolved needs, or else distributions."""
    assert summarize(before, after) == summary


@pytest.mark.parametrize(
    ("after", "message"),
    [(lock(ONE), "changes in the install line: +libpq5 (one)"), (lock(locked("new")), SAME_LINE)],
)
def test_the_change_of_the_line_as_a_message(after: Lockfile, message: str) -> None:
    """Distributions do not count."""
    assert line_message(lock(), after) == message
