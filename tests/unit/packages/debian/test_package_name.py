"""Names of Debian binary packages."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.debian.package_name import is_package_argument, is_package_name


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("libpq5", True, True),
        ("libstdc++6", True, True),
        ("0ad", True, True),
        ("g++", True, True),
        ("a", False, False),
        ("libc6:i386", False, True),
        ("libc6:kfreebsd-amd64", False, True),
        ("libc6:", False, False),
        ("libc6:-x", False, False),
        ("libpq5-", False, False),
        ("-o", False, False),
        ("+x", False, False),
        ("libPQ5", False, False),
        ("lib pq", False, False),
        ("libpq5\n", False, False),
        ("libpq\uff15", False, False),
        ("a" * 256, True, True),
        ("a" * 257, False, False),
    ],
)
def test_names_that_apt_would_read_as_an_option(text: str, name: bool, argument: bool) -> None:
    """An option, or a package to remove; with a foreign architecture it is an argument, not a name."""
    assert (is_package_name(text), is_package_argument(text)) == (name, argument)
