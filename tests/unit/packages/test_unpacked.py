"""Limits of compressed files."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.unpacked import unpacked_limit


@pytest.mark.parametrize(("size", "limit"), [(0, 16 << 20), (1 << 20, 80 << 20), (1 << 30, 1 << 32)])
def test_the_limit_grows_with_the_file(size: int, limit: int) -> None:
    """Small files are always allowed, and nothing beyond the caller's limit."""
    assert unpacked_limit(size, 1 << 32) == limit
