"""Scan an environment for a report: what the commands that report on one have in common."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pip_sysdeps.app.lock_alone import refuse_unrelated
from pip_sysdeps.app.place import read_place
from pip_sysdeps.app.project import read_project, target_of
from pip_sysdeps.app.scan import Scanner
from pip_sysdeps.environment.requirements import marker_environment, required, ways
from pip_sysdeps.loader.conditions import Conditions
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.needs.completeness import refuse_gaps, told_gaps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.app.place import Location, Place
    from pip_sysdeps.environment.requirements import Link
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.lock.project import Project
    from pip_sysdeps.model.scan import Scan


@dataclass(frozen=True, kw_only=True)
class ScannedEnvironment:
    """An environment, scanned for a report."""

    project: Project
    """The project's settings."""
    scanner: Scanner
    """Its files and the index."""
    scan: Scan
    """What was found."""
    warning: str
    """What nobody may look into and the report leaves out; empty if there is nothing."""

    @property
    def place(self) -> Place:
        """Return the environment and its root."""
        return self.scanner.place

    @property
    def unlisted(self) -> str:
        """Say of which packages the file lists are gone; nothing for none."""
        return self.place.told_unlisted(has_index=self.scanner.index is not None)

    @cached_property
    def markers(self) -> Mapping[str, str]:
        """The environment of PEP 508's markers."""
        return marker_environment(self.scan.environment.interpreter, self.scan.platform.machine)

    @property
    def ways(self) -> Mapping[str, tuple[Link, ...]]:
        """Return the way to each distribution from what was asked for."""
        return ways(self.scan.environment.distributions, self.markers)

    @property
    def versions(self) -> Mapping[str, str]:
        """Return the version of each installed binary package."""
        return self.place.packages.versions if self.place.packages else {}

    def required(self) -> Mapping[str, tuple[str, ...]]:
        """Return which distributions each distribution requires."""
        return required(self.scan.environment.distributions, self.markers)

    def target(self, name: str = "") -> Target:
        """Return the lock's target for it, by the project's policy. Raise SysdepsError as `to_target` does."""
        return target_of(self.scan, self.project, self.scanner.index, name=name).target


def scan_environment(
    location: Location, lock: str = DEFAULT, *, or_lock: bool = False, second_process: bool = False
) -> ScannedEnvironment:
    """Scan an environment as the settings of the project want it; `lock` says where pyproject.toml is looked for.

    Raise SysdepsError as the readers do. What nobody may look into becomes a warning. With `or_lock`, for a report that
    the lock alone can answer, an environment that is not the project's is NoEnvironmentError too.
    """
    project = read_project(lock)
    place = read_place(location)
    if or_lock:
        refuse_unrelated(place.environment, lock)
    scanner = Scanner(place, plugins=project.plugins, second_process=second_process)
    found = scanner.scan(Conditions(library_path=project.library_path))
    message, hint = told_gaps(found, scanner.place.root.shown)
    warning = f"{message}: its needs are left out; {hint}" if message else ""
    return ScannedEnvironment(project=project, scanner=scanner, scan=found, warning=warning)


def scan_whole_environment(
    location: Location, lock: str = DEFAULT, *, second_process: bool = False
) -> ScannedEnvironment:
    """Scan an environment as `scan_environment`; raise SysdepsError too for one that cannot be read whole."""
    scanned = scan_environment(location, lock, second_process=second_process)
    refuse_gaps(scanned.scan, scanned.place.root.shown)
    return scanned
