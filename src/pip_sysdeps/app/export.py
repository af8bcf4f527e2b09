"""Collect the materials of an SBOM: distributions, binary packages and libraries of an environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.app.audit import installed_packages, libraries_of, sboms_of
from pip_sysdeps.app.report import scan_environment
from pip_sysdeps.report.audit import vendored_libraries
from pip_sysdeps.report.materials import Materials

if TYPE_CHECKING:
    from pip_sysdeps.app.place import Location
    from pip_sysdeps.app.report import ScannedEnvironment
    from pip_sysdeps.model.environment import Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """The materials of an environment, and the SBOMs that could not be used."""

    scanned: ScannedEnvironment
    """The environment."""
    materials: Materials
    """Its distributions, packages and libraries."""
    unusable: tuple[Skipped, ...]
    """SBOMs that could not be used."""


def export(location: Location, *, name: str = "", second_process: bool = False) -> ExportResult:
    """Scan an environment and return its materials; `name` as for a lock."""
    scanned = scan_environment(location, second_process=second_process)
    sboms, unusable = sboms_of(scanned)
    materials = Materials(
        target=scanned.target(name),
        distributions=scanned.scan.environment.distributions,
        required=scanned.required(),
        vendored={
            each.distribution.name: vendored_libraries(each, scanned.scan) for each in scanned.scan.distributions
        },
        libraries=libraries_of(scanned, sboms),
        sboms=sboms,
        installed=installed_packages(scanned.place.packages),
    )
    return ExportResult(scanned=scanned, materials=materials, unusable=unusable)
