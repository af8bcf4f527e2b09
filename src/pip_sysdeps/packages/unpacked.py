"""How much a compressed file of a package manager may unpack to."""

from __future__ import annotations

_MOST_COMPRESSED = 64
"""Indices of Alpine become five times as long, and file lists of rpm repositories fifteen times."""
_ALWAYS_ALLOWED = 16 << 20


def unpacked_limit(size: int, most: int) -> int:
    """Return how many bytes a compressed file of `size` bytes may unpack to: in proportion, and at most `most`."""
    return min(most, size * _MOST_COMPRESSED + _ALWAYS_ALLOWED)
