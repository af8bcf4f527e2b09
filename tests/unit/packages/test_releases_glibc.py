"""The shipped table of glibc versions."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.registry import distributions
from pip_sysdeps.packages.releases import glibc_releases, parse_glibc_releases


def test_every_release_is_of_a_known_distribution() -> None:
    """A release whose distribution is not known would never be asked for."""
    assert [each for each in glibc_releases() if each.rpartition("-")[0] not in distributions()] == []


def test_comments_are_passed_over() -> None:
    """A release and a version with a tab between."""
    assert parse_glibc_releases("# x\n\namzn-2\t2.26\n") == {"amzn-2": "2.26"}


@pytest.mark.parametrize("text", ["amzn-2\n", "amzn-2\tx\n", "a-1\t2.1\na-1\t2.2\n"])
def test_another_form_is_an_error(text: str) -> None:
    """The error has the line."""
    with pytest.raises(MalformedError, match=r"^line [12]: not a new release and a version$"):
        parse_glibc_releases(text)
