"""The snapshot that apt's sources name."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.debian.snapshot import snapshot_date

ONE_LINE = """# deb http://snapshot.example/archive/debian/20240812T000000Z bookworm main
deb http://archive.example/debian bookworm main
"""
DEB822 = """Types: deb
# http://snapshot.example/archive/debian/20240812T000000Z
URIs: http://archive.example/debian
Suites: bookworm bookworm-updates
"""


@pytest.mark.parametrize(
    ("text", "date"),
    [
        (ONE_LINE, "20240812T000000Z"),
        (DEB822, "20240812T000000Z"),
        ("deb http://snapshot.example/archive/debian/20250101T123456Z/ bookworm main", "20250101T123456Z"),
        ("deb [snapshot=20250101T123456Z] http://archive.example/ubuntu noble main", "20250101T123456Z"),
        (ONE_LINE + "deb http://snapshot.example/20200101T000000Z bookworm main", "20200101T000000Z"),
        (DEB822.replace("debian/2024", "debian-security/2025") + DEB822, "20250812T000000Z"),
        ("deb http://archive.example/debian bookworm main", ""),
        ("# made on 120240812T000000Z and 20240812T000000Zulu", ""),
        ("", ""),
    ],
)
def test_snapshot_date(text: str, date: str) -> None:
    """One in use counts before a comment; then the newest."""
    assert snapshot_date(text) == date
