"""Names that folders of a root lack, for a search that asks for many."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

_FEW = 50
"""Missing names of a folder, up to which each is looked for; then the folder is listed once."""


class MissingNames:
    """The names that folders lack; a folder that lacks many is listed once, instead of asked for each."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._counts: Counter[str] = Counter()
        self._listed: dict[str, frozenset[str] | None] = {}

    def count(self, folder: str) -> None:
        """Count a name that was looked for in a folder and is not there."""
        self._counts[folder] += 1

    def has(self, folder: str, name: str) -> bool:
        """Return whether a folder is known to lack a name; False also for a folder that cannot be listed."""
        if self._counts[folder] < _FEW or name in {"", ".", ".."}:
            return False
        if folder not in self._listed:
            try:
                self._listed[folder] = frozenset(self._root.names(folder or "/"))
            except OSError:
                self._listed[folder] = None
        names = self._listed[folder]
        return names is not None and name not in names
