"""Check a release image for missing symbol versions and symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.report.catalogue import (
    MISSING_SYMBOL_VERSION,
    NEWER_GLIBC_THAN_INSTALLED,
    UNDEFINED_SYMBOL,
)
from pip_sysdeps.report.image import imported_objects
from pip_sysdeps.report.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.report.image import Image


def version_gaps(image: Image) -> Iterator[Problem]:
    """Yield the problems that ld.so reports as "version `GLIBC_2.38' not found"; for plugins as warnings."""
    if not image.gaps:
        return
    holders = image.scan.environment.holders()
    loaded_by = {each.path: "" for each in image.scan.process}
    for root, loaded in imported_objects(image.scan):
        loaded_by.setdefault(loaded.path, holders.get(root, ""))
    for gap in image.gaps:
        file = image.system.real(gap.file) or gap.file
        owner = image.system.owner(gap.provider)
        library = f"{gap.provider} ({owner.package} {owner.version})" if owner else gap.provider
        yield Problem(
            error=not gap.weak and gap.file in loaded_by,
            entry=NEWER_GLIBC_THAN_INSTALLED if gap.version.startswith("GLIBC_") else MISSING_SYMBOL_VERSION,
            distribution=holders.get(file) or loaded_by.get(gap.file, ""),
            subject=gap.version,
            message=f"{gap.version} is not in {library}{': ld.so only warns' if gap.weak else ''}",
            files=(file,),
        )


def undefined_symbols(image: Image) -> Iterator[Problem]:
    """Yield the problems that ld.so reports as "undefined symbol: NAME", for files without a missing version."""
    if not image.symbols:
        return
    holders = image.scan.environment.holders()
    loaded_by = {image.system.real(loaded.path): root for root, loaded in imported_objects(image.scan)}
    listed = {image.system.real(gap.file) for gap in image.gaps if not gap.weak}
    for gap in image.symbols:
        if gap.file not in listed:
            more = f" (and {len(gap.symbols) - 1} more)" if len(gap.symbols) > 1 else ""
            yield Problem(
                error=True,
                entry=UNDEFINED_SYMBOL,
                distribution=holders.get(gap.file) or holders.get(loaded_by.get(gap.file, ""), ""),
                subject=gap.symbols[0],
                message=f"undefined symbol {gap.symbols[0]}{more}: no library defines it",
                files=(gap.file,),
            )
