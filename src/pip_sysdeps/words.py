"""Format lists and counts in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def format_list(names: Sequence[str], most: int = 6) -> str:
    """Join the first names with commas, and add the number of others."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def format_count(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural with an s."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
