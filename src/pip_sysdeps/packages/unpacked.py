"""Limit on the size of unpacked package lists."""

from __future__ import annotations

_MAX_RATIO = 64
"""Highest ratio of unpacked to packed size. Indices of Alpine reach 5, file lists of rpm repositories 15."""
_ALWAYS_ALLOWED = 16 << 20


def unpacked_limit(size: int, most: int) -> int:
    """Return the limit on the unpacked size of a file of `size` bytes: proportional to it, and at most `most`."""
    return min(most, size * _MAX_RATIO + _ALWAYS_ALLOWED)
