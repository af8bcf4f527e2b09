"""Locate the data files that ship with this package."""

from __future__ import annotations

import os

_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")


def shipped(name: str) -> str:
    """Return the path of a data file of this package."""
    return os.path.join(_FOLDER, name)
