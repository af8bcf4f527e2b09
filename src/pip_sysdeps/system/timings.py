"""Measure the stages of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Stages:
    """The seconds that each stage of a run took; the caller ends each stage."""

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        """Begin the first stage; `now` returns the time in seconds."""
        self._now = now
        self._started = now()
        self.seconds: dict[str, float] = {}
        """The seconds by stage, in the order in which the stages first ended."""

    def end(self, stage: str) -> None:
        """End a stage and begin the next one; the times of a stage that ends repeatedly are added."""
        now = self._now()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._started
        self._started = now

    def report(self) -> list[str]:
        """Return a line for each stage, and one for the total."""
        rows = [*self.seconds.items(), ("all", sum(self.seconds.values()))]
        return [f"{seconds * 1000:8.1f} ms  {stage}" for stage, seconds in rows]
