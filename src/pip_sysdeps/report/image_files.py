"""Files of an environment that are foreign or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.report.catalogue import (
    FOREIGN_FILE,
    MISSING_FILE,
)
from pip_sysdeps.report.image import imported
from pip_sysdeps.report.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.model.scan import Scan


def foreign_files(scan: Scan) -> Iterator[Problem]:
    """Yield the files for another machine or C library: an error if a distribution has no other objects."""
    holders = scan.environment.holders()
    usable = {holders.get(loaded.path, "") for _, loaded in imported(scan)}
    tags = {each.name: each.tags for each in scan.environment.distributions}
    for skipped in scan.skipped:
        if skipped.verdict.is_foreign:
            holder = holders.get(skipped.path, "")
            built = any(not tag.endswith("-any") for tag in tags.get(holder, ()))
            yield Problem(
                error=built and holder not in usable,
                entry=FOREIGN_FILE,
                distribution=holder,
                subject=skipped.path,
                message=f"{skipped.path} is {skipped.reason}",
                files=(skipped.path,),
            )


def missing_files(scan: Scan) -> Iterator[Problem]:
    """Yield missing files that records list; they may have been removed on purpose."""
    for each in scan.environment.distributions:
        if each.gone:
            yield Problem(
                error=False,
                entry=MISSING_FILE,
                distribution=each.name,
                subject=each.metadata_path,
                message=f"files listed in its {each.record.value} are missing",
                files=each.gone,
            )
