"""Plugins whose needs reach the line as those of an import do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginChoice:
    """One pattern, and the plugins of a distribution that it chooses."""

    distribution: str
    """Normalized name."""
    pattern: str
    """Path with `*`, relative to the distribution's `base`: `*/platforms/libqxcb.so`."""
    why: str = ""
    """What the knowledge file says of it; empty for a choice of the project."""
    files: tuple[str, ...] = ()
    """The usable objects that it matches; sorted. One that an import loads anyway is among them."""

    @property
    def by(self) -> str:
        """Return who chose it, in words."""
        return f"known: {self.why}" if self.why else "the project's policy"
