"""The line after an install, for two locks."""

from __future__ import annotations

import pytest

from pip_sysdeps.lock.summary import summarize
from pip_sysdeps.lock.text import loads

HEAD = """lock-version = "1.0"

[[target]]
id = "debian-bookworm-amd64"
distro = "debian"
release = "12"
architecture = "amd64"
package-manager = "dpkg"
libc = "glibc"
python = "cp311"
"""
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
def test_says_what_matters_most(before: str, after: str, said: str) -> None:
    """Packages of the line before distributions, those before what has no name of its own."""
    assert summarize(loads(before), loads(after)) == said
