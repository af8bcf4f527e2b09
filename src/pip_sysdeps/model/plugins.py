"""Define chosen plugins: their needs are in the install line like those of imports."""

from __future__ import annotations

from typing import NamedTuple


class PluginChoice(NamedTuple):
    """One pattern, and the plugins of a distribution that match it."""

    distribution: str
    """Normalized name."""
    pattern: str
    """Path with `*`, relative to the distribution's `base`: `*/platforms/libqxcb.so`."""
    why: str = ""
    """The knowledge file's reason; empty for a choice of the project."""
    files: tuple[str, ...] = ()
    """The usable objects that it matches, even those that an import loads; sorted."""

    @property
    def by(self) -> str:
        """Return who chose it, for messages."""
        return f"known: {self.why}" if self.why else "the project's policy"
