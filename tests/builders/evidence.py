"""The input of the checks of `audit`, from objects by path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.facts import distribution, scan_of
from pip_sysdeps.model.needs import DistributionNeeds
from pip_sysdeps.report.evidence import Evidence
from pip_sysdeps.report.findings import findings

if TYPE_CHECKING:
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.loader import Load
    from pip_sysdeps.report.evidence import Issue

SITE = "/env/site/"


def evidence(objects: dict[str, ElfFile], *loads: Load, glibc: tuple[int, int] | None = (2, 36)) -> Evidence:
    """Return an environment in which each folder of the site directory is a distribution with these objects."""
    names = sorted({path.removeprefix(SITE).partition("/")[0] for path in objects if path.startswith(SITE)})
    owned = [
        DistributionNeeds(
            distribution=distribution(name, *(path for path in objects if path.startswith(f"{SITE}{name}/"))),
            needs=(),
            vendored=(),
            glibc="",
        )
        for name in names
    ]
    return Evidence(scan=scan_of(*owned, loads=loads)._replace(objects=objects), glibc=glibc)


def troubles(code: str, subject: Evidence) -> list[Issue]:
    """Return what one check finds."""
    return [each.issue for each in findings(subject, select=[code])]
