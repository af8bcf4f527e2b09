"""A Python environment."""

from __future__ import annotations

import pytest

from builders.facts import distribution, scan_of
from pip_sysdeps.model.environment import Verdict

ENVIRONMENT = scan_of().environment._replace(
    site_dirs=("/env/site", "/usr/lib/python3"),
    distributions=(distribution("one", "a.so", "b.so"), distribution("two", "/usr/bin/tool")),
)


def test_the_distribution_of_each_file() -> None:
    """Of all files that a RECORD lists."""
    assert ENVIRONMENT.holders() == {"/env/site/a.so": "one", "/env/site/b.so": "one", "/usr/bin/tool": "two"}


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("/env/site/one/a.so", "one/a.so"),
        ("/usr/lib/python3/b.py", "b.py"),
        ("/env/sites/c.so", "/env/sites/c.so"),
        ("/env/site", "/env/site"),
    ],
)
def test_a_path_in_messages(path: str, short: str) -> None:
    """Relative to its site directory; others are whole."""
    assert ENVIRONMENT.short(path) == short


def test_what_is_for_another_system() -> None:
    """Another machine or C library."""
    assert {each for each in Verdict if each.is_foreign} == {Verdict.FOREIGN_ARCHITECTURE, Verdict.FOREIGN_LIBC}
