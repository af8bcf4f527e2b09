"""The work that the sources of one distribution may cause, counted and bounded.

A count and no clock: the same sources give the same result on every machine.
"""

from __future__ import annotations

MOST_STEPS = 250_000
"""About a second. The largest sources that were measured (python-vlc) take 64,000."""


class StepLimitError(Exception):
    """The sources cause more work than they may."""


class Steps:
    """A budget of steps: an expression, a caller or a candidate that is looked at."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self.left = most

    def take(self, count: int = 1) -> None:
        """Count work before it is done. Raise StepLimitError if there is too much."""
        self.left -= count
        if self.left < 0:
            raise StepLimitError
