"""What apt's own progress line says."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.debian.apt_progress import parse_progress


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("31% [2 Contents-amd64 245 kB/1226 kB 20%]", "Contents-amd64: 245 kB of 1226 kB"),
        (
            "31% [2 Contents-amd64 12.3 MB/50.1 MB 25%]                              379 kB/s 1min 40s",
            "Contents-amd64: 12.3 MB of 50.1 MB, 379 kB/s",
        ),
        (
            "40% [2 Packages 1,234 kB/8,689 kB 14%] [3 InRelease 0 B/126 kB 0%]      12.0 MB/s 3s",
            "Packages: 1,234 kB of 8,689 kB, 12.0 MB/s",
        ),
        ("12% [5 Contents-arm64 18.9 kB]", "Contents-arm64: 18.9 kB"),
        ("15% [2 Contents-amd64 245 kB/1226 kB 20", ""),
        ("0% [Working]", ""),
        ("95% [2 Contents-amd64 store 0 B]", ""),
        ("Hit:1 http://archive.example noble InRelease", ""),
        ("Reading package lists... 80%", ""),
        ("E: Failed to fetch", ""),
    ],
)
def test_a_line_of_progress(line: str, said: str) -> None:
    """Name, size and rate of the first download; nothing for other lines."""
    assert parse_progress(line) == said
