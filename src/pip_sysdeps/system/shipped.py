"""Read the data files that ship with this package."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")


def shipped(name: str) -> str:
    """Return the path of a data file of this package."""
    return os.path.join(_FOLDER, name)


def read_shipped(name: str) -> str:
    """Return the text of a data file of this package."""
    with open(shipped(name), encoding="utf-8") as file:
        return file.read()


def table_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line of a shipped table, without empty lines and comments (`#`)."""
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            yield number, line
