"""Install lines for apt."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.debian.install import FORMATS, apt_get_install, as_dockerfile
from pip_sysdeps.packages.family import Item

ITEMS = (Item("libgl1"), Item("libpq5", minimum="15.2"), Item("zlib1g", minimum="1:1.2", version="1:1.3-1"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("names", "libgl1 libpq5 zlib1g=1:1.3-1\n"),
        ("lines", "libgl1\nlibpq5\nzlib1g=1:1.3-1\n"),
        ("satisfy", "libgl1\nlibpq5 (>= 15.2)\nzlib1g (= 1:1.3-1)\n"),
    ],
)
def test_a_format(name: str, text: str) -> None:
    """A minimum version only fits a relation; an exact one is written in each."""
    assert (FORMATS[name](ITEMS), FORMATS[name](())) == (text, "")


def test_a_dockerfile_instruction() -> None:
    """No name is a pattern, and nothing of the lists is left; none for no packages."""
    assert as_dockerfile(ITEMS[1:]) == (
        "RUN apt-get update \\\n"
        " && apt-get install -y --no-install-recommends -o APT::Cmd::Pattern-Only=true \\\n"
        "        libpq5 \\\n"
        "        zlib1g=1:1.3-1 \\\n"
        " && rm -rf /var/lib/apt/lists/*\n"
    )
    assert as_dockerfile((), "20260101T000000Z") == ""


def test_a_dockerfile_instruction_with_a_snapshot() -> None:
    """The sources are changed first, and old lists are accepted."""
    text = as_dockerfile(ITEMS, "20260101T000000Z")
    assert text.startswith("RUN find /etc/apt ")
    assert "s,[0-9]{8}T[0-9]{6}Z,20260101T000000Z,' {} + \\\n && apt-get update -o Acquire::Check-Valid" in text
    assert "@DATE@" not in text


@pytest.mark.parametrize(
    ("names", "command"),
    [
        ((), ""),
        (("a", "b"), "apt-get install -y --no-install-recommends -o APT::Cmd::Pattern-Only=true a b"),
    ],
)
def test_a_command(names: tuple[str, ...], command: str) -> None:
    """No packages give no command."""
    assert apt_get_install(names) == command
