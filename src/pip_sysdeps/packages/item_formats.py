"""Format the items of an install line as arguments of package managers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pip_sysdeps.packages.family import Item


def as_names(items: Sequence[Item], separator: str = "=") -> str:
    """Render one line for xargs(1); empty without items. `separator` is put between name and version."""
    return " ".join(argument(each, separator) for each in items) + "\n" if items else ""


def as_lines(items: Iterable[Item], separator: str = "=") -> str:
    """Render one item per line."""
    return "".join(f"{argument(each, separator)}\n" for each in items)


def argument(item: Item, separator: str = "=") -> str:
    """Return the name of an item, with its version if that is pinned."""
    return f"{item.name}{separator}{item.version}" if item.version else item.name
