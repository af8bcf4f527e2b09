"""Check for missing, foreign and overlapping files."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.model.environment import Verdict
from pip_sysdeps.report.evidence import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.report.evidence import Evidence


def overlapping_files(evidence: Evidence) -> Iterator[Issue]:
    """Yield files that two distributions claim: installing or removing one breaks the other."""
    holders = evidence.scan.environment.holders()
    for skipped in evidence.scan.skipped:
        if skipped.verdict is Verdict.OVERLAP:
            yield Issue(message=skipped.reason, distribution=holders.get(skipped.path, ""), files=(skipped.path,))


def foreign_file(evidence: Evidence) -> Iterator[Issue]:
    """Yield a file for another architecture or C library, which cannot be loaded."""
    holders = evidence.scan.environment.holders()
    for skipped in evidence.scan.skipped:
        if skipped.verdict.is_foreign:
            yield Issue(message=skipped.reason, distribution=holders.get(skipped.path, ""), files=(skipped.path,))


def missing_file(evidence: Evidence) -> Iterator[Issue]:
    """Yield missing shared objects that RECORD lists, and missing projects of editable installs."""
    for each in evidence.scan.environment.distributions:
        if each.missing_objects:
            subjects = tuple(sorted({posixpath.basename(path) for path in each.missing_objects}))
            message = f"listed in {each.record.value}, but missing"
            yield Issue(subjects=subjects, message=message, distribution=each.name, files=each.missing_objects)
        if each.missing_project:
            message = "the project of an editable install does not exist"
            yield Issue(subjects=(each.missing_project,), message=message, distribution=each.name)
