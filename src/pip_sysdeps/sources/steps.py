"""A limit on the work for one distribution.

It counts steps instead of time, so the result is the same on every machine.
"""

from __future__ import annotations

MOST_STEPS = 250_000
"""About a second of work. The largest measured sources (python-vlc) take 64,000 steps."""


class StepLimitError(Exception):
    """The sources need more steps than allowed."""


class Steps:
    """A budget; a step is an expression, a caller or a candidate."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self.left = most

    def take(self, count: int = 1) -> None:
        """Count work before doing it. Raise StepLimitError if the budget is used up."""
        self.left -= count
        if self.left < 0:
            raise StepLimitError
