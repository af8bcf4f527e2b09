"""Platforms and their ids."""

from __future__ import annotations

import pytest

from builders.facts import scan_of


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "debian-bookworm-amd64"),
        ({"distro": "wolfi", "release_name": "", "architecture": "x86_64"}, "wolfi-x86_64"),
        ({"distro": "", "release_name": "", "architecture": ""}, ""),
    ],
)
def test_the_id_of_a_platform(changes: dict[str, str], name: str) -> None:
    """Distribution, release and architecture, as far as they are known."""
    assert scan_of().platform._replace(**changes).id == name
