"""Remember missing names of folders, for searches of many names."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

_MAX_LOOKUPS = 50
"""A folder is listed once after this many failed searches for single names."""


class MissingNames:
    """Knows missing names of folders; a folder with many failed searches is listed once."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._counts: Counter[str] = Counter()
        self._listed: dict[str, frozenset[str] | None] = {}

    def count(self, folder: str) -> None:
        """Count a failed search for a name in a folder."""
        self._counts[folder] += 1

    def has(self, folder: str, name: str) -> bool:
        """Return whether a name is known to be missing in a folder; False if the folder cannot be listed."""
        if self._counts[folder] < _MAX_LOOKUPS or name in {"", ".", ".."}:
            return False
        if folder not in self._listed:
            try:
                self._listed[folder] = frozenset(self._root.names(folder or "/"))
            except OSError:
                self._listed[folder] = None
        names = self._listed[folder]
        return names is not None and name not in names
