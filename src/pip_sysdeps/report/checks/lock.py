"""The lock, compared with the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.report.evidence import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.report.evidence import Evidence


def stale_lock(evidence: Evidence) -> Iterator[Trouble]:
    """Yield each change that makes the lock stale."""
    for change in evidence.changes:
        yield Trouble(message=change)
