"""Check whether the lock matches the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.report.evidence import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.report.evidence import Evidence


def stale_lock(evidence: Evidence) -> Iterator[Issue]:
    """Yield each difference between the lock and the environment."""
    for change in evidence.changes:
        yield Issue(message=change)
