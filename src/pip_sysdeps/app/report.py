"""Scan an environment for a report."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pip_sysdeps.app.locked_target import refuse_unrelated
from pip_sysdeps.app.place import read_place, read_place_for_target, refuse_empty_database
from pip_sysdeps.app.project import read_project, target_of
from pip_sysdeps.app.scan import Scanner
from pip_sysdeps.environment.requirements import marker_environment, required_distributions, requirement_chains
from pip_sysdeps.loader.conditions import Conditions
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.needs.completeness import incompleteness_message, require_complete
from pip_sysdeps.system.timings import Stages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.app.place import Location, Place
    from pip_sysdeps.environment.requirements import Link
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.lock.project import Project
    from pip_sysdeps.model.scan import Scan


@dataclass(frozen=True, kw_only=True)
class ScannedEnvironment:
    """A scanned environment."""

    project: Project
    """The project's settings."""
    scanner: Scanner
    """Its files and the index."""
    scan: Scan
    """What was found."""
    warning: str
    """A warning about unreadable files; empty if there are none."""

    @property
    def place(self) -> Place:
        """Return the environment and its root."""
        return self.scanner.place

    @property
    def unlisted(self) -> str:
        """Return a message about packages without file lists; empty if there are none."""
        return self.place.unlisted_message(has_index=self.scanner.index is not None)

    @cached_property
    def markers(self) -> Mapping[str, str]:
        """The environment for markers (PEP 508)."""
        return marker_environment(self.scan.environment.interpreter, self.scan.platform.machine)

    @property
    def requirement_chains(self) -> Mapping[str, tuple[Link, ...]]:
        """Return the requirements that lead from a requested distribution to each distribution."""
        return requirement_chains(self.scan.environment.distributions, self.markers)

    @property
    def versions(self) -> Mapping[str, str]:
        """Return the version of each installed binary package."""
        return self.place.packages.versions if self.place.packages else {}

    def required(self) -> Mapping[str, tuple[str, ...]]:
        """Return the distributions that each distribution requires."""
        return required_distributions(self.scan.environment.distributions, self.markers)

    def target(self, name: str = "") -> Target:
        """Return the lock's target, with the policy applied. Raise SysdepsError as `to_target` does."""
        return target_of(self.scan, self.project, self.scanner.index, name=name).target


def scan_environment(
    location: Location,
    lock: str = DEFAULT,
    *,
    target: str | None = None,
    lock_fallback: bool = False,
    second_process: bool = False,
) -> ScannedEnvironment:
    """Scan an environment with the project's settings; pyproject.toml is searched next to `lock`.

    `target` is the id of another system to scan it for. Raise SysdepsError as the readers do. Unreadable files become a
    warning. With `lock_fallback`, for a report that can also use the lock, raise NoEnvironmentError for an environment
    that is not the project's.
    """
    project = read_project(lock)
    if target:
        place = read_place_for_target(location, target=target, wheels=None, stages=Stages())
    else:
        place = read_place(location)
    refuse_empty_database(place)
    if lock_fallback:
        refuse_unrelated(place.environment, lock)
    scanner = Scanner(place, plugins=project.plugins, second_process=second_process)
    found = scanner.scan(Conditions(library_path=project.library_path))
    message, hint = incompleteness_message(found, scanner.place.root.display_path)
    warning = f"{message}: its needs are left out; {hint}" if message else ""
    return ScannedEnvironment(project=project, scanner=scanner, scan=found, warning=warning)


def scan_whole_environment(
    location: Location, lock: str = DEFAULT, *, second_process: bool = False
) -> ScannedEnvironment:
    """Scan an environment as `scan_environment`; also raise SysdepsError if it cannot be read completely."""
    scanned = scan_environment(location, lock, second_process=second_process)
    require_complete(scanned.scan, scanned.place.root.display_path)
    return scanned
