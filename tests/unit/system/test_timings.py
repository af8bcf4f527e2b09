"""The stages add up to the whole run."""

from __future__ import annotations

from pip_sysdeps.system.timings import Stages


def test_time_belongs_to_the_stage_that_ends() -> None:
    """A stage has the time since the one before it; a name that comes twice has the sum."""
    now = iter([0.0, 0.5, 1.25, 2.0])
    stages = Stages(lambda: next(now))
    for name in ("loader", "sources", "loader"):
        stages.end(name)
    assert stages.seconds == {"loader": 1.25, "sources": 0.75}
    assert stages.report() == [
        "  1250.0 ms  loader",
        "   750.0 ms  sources",
        "  2000.0 ms  all",
    ]


def test_no_clock_no_time() -> None:
    """Without a clock, nothing is measured."""
    stages = Stages()
    stages.end("loader")
    assert stages.seconds == {"loader": 0.0}
