"""Check the plugins that the project chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.needs.plugins import unmatched_plugins
from pip_sysdeps.report.evidence import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.report.evidence import Evidence


def plugins_not_there(evidence: Evidence) -> Iterator[Issue]:
    """Yield the patterns of `plugins` in pyproject.toml that match no library of their distribution."""
    for each in unmatched_plugins(evidence.scan.plugins):
        message = "`plugins` of pyproject.toml names no library that the distribution has"
        yield Issue(subjects=(each.pattern,), message=message, distribution=each.distribution)
