"""Whose package names a release has."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.releases import ListedRelease, listed_releases, names_of, parse_releases


@pytest.mark.parametrize(
    ("distro", "codename", "version", "names"),
    [
        ("ubuntu", "focal", "20.04", ""),
        ("ubuntu", "jammy", "22.04", "debian-bookworm"),
        ("ubuntu", "mantic", "23.10", "debian-bookworm"),
        ("ubuntu", "noble", "24.04", "debian-trixie"),
        ("ubuntu", "plucky", "25.04", "debian-trixie"),
        ("ubuntu", "resolute", "26.04", "debian-trixie"),
        ("ubuntu", "not-yet-named", "27.10", "debian-trixie"),
        ("raspbian", "bookworm", "12", "debian-bookworm"),
        ("devuan", "daedalus", "5", "debian-bookworm"),
        ("other", "noble", "3", "debian-trixie"),
        ("debian", "", "13.2", "debian-trixie"),
        ("kali", "kali-rolling", "2026.3", ""),
        ("ubuntu", "", "", ""),
        ("ubuntu", "", "no version", ""),
    ],
)
def test_names_of_a_release(distro: str, codename: str, version: str, names: str) -> None:
    """By the codename, else by the newest listed release of the distribution that is not later."""
    assert names_of(distro, codename, version) == names


def test_every_listed_release_has_names_of_a_listed_release() -> None:
    """The shipped table names only releases that it has itself."""
    own = {f"{each.distro}-{codename}" for codename, each in listed_releases().items()}
    assert {each.names for each in listed_releases().values()} <= own


def test_a_table() -> None:
    """One release a line, comments and empty lines aside."""
    found = parse_releases("# codename\n\nnoble\tubuntu\t24.04\tdebian-trixie\n")
    assert found == {"noble": ListedRelease(distro="ubuntu", version="24.04", names="debian-trixie")}


@pytest.mark.parametrize("line", ["noble\tubuntu", "noble\tubuntu\tx\tdebian-trixie", "a\tb\t1\tc\na\tb\t1\tc"])
def test_a_broken_table(line: str) -> None:
    """A line with other columns, without a version, or with a repeated codename is an error."""
    with pytest.raises(MalformedError, match="not a new codename, an ID, a version and a release"):
        parse_releases(line)
