"""Compare two locks, two targets of a lock, or a lock and the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.app.audit import closures_of
from pip_sysdeps.app.report import scan_whole_environment
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.lock.document import Lockfile
from pip_sysdeps.lock.file import DEFAULT, read_lock
from pip_sysdeps.lock.selection import needs_to_install, packages_to_install
from pip_sysdeps.lock.target_choice import named_target
from pip_sysdeps.lock.text import loads
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.packages.platform import read_system
from pip_sysdeps.report.diff import TargetDiff, diff_locks, diff_targets, with_sizes
from pip_sysdeps.system.git import file_of_revision
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pip_sysdeps.app.place import Location
    from pip_sysdeps.app.report import ScannedEnvironment
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.packages.installed import SystemPackages


@dataclass(frozen=True, slots=True, kw_only=True)
class LockOrRevision:
    """A lock that was read from a file or a revision."""

    lock: Lockfile
    """The lock; without targets if the revision has no lock."""
    is_absent: bool = False
    """Whether it was a git revision without this lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDiff:
    """The differences between a lock and an environment."""

    scanned: ScannedEnvironment
    """The environment."""
    old: LockOrRevision
    """The lock that it was compared with."""
    found: tuple[TargetDiff, ...]
    """The differences, for at most one target."""


def read_lock_or_revision(what: str, lock: str = DEFAULT) -> LockOrRevision:
    """Return a lock by its path, or the file `lock` of a git revision.

    Raise SysdepsError for a missing file or revision, MalformedError for a file that is not a lock.
    """
    if os.path.exists(what) or what == lock:
        return LockOrRevision(lock=read_lock(what))
    text = file_of_revision(what, os.path.basename(lock), os.path.dirname(os.path.abspath(lock)))
    if text is None:
        return LockOrRevision(lock=Lockfile(), is_absent=True)
    try:
        return LockOrRevision(lock=loads(text))
    except MalformedError as error:
        raise error.at(f"{what}:{lock}") from error


def diff_of_locks(old: Lockfile, new: Lockfile, *, root: str = "/") -> tuple[TargetDiff, ...]:
    """Return the differences of two locks by target; with sizes for the target of the system in `root`."""
    found = diff_locks(old, new, needs_to_install)
    return tuple(_add_sizes_if_known(each, new.find(each.id), root) for each in found)


def diff_of_targets(lock: Lockfile, old: str, new: str, *, root: str = "/") -> tuple[TargetDiff, ...]:
    """Return the differences of two targets of a lock; with sizes if `root` has the system of the new one.

    Raise SysdepsError for a missing target.
    """
    after = named_target(lock, new)
    found = diff_targets(named_target(lock, old), after, needs_to_install)
    return (_add_sizes_if_known(found, after, root),) if found else ()


def _add_sizes_if_known(found: TargetDiff, target: Target | None, root: str) -> TargetDiff:
    """Return differences with package sizes, if a root has the target's system and its packages can be read."""
    if target is None or not any(each.in_line for each in found.packages):
        return found
    try:
        packages = _packages_of(target, Root(root))
    except SysdepsError:
        return found
    return _add_sizes(found, target, packages) if packages else found


def _packages_of(target: Target, root: Root) -> SystemPackages | None:
    system_id = read_system(root).id
    return open_packages(root) if target.id == system_id or target.id.startswith(f"{system_id}-") else None


def _add_sizes(found: TargetDiff, target: Target, packages: SystemPackages | None) -> TargetDiff:
    line = [each.package.name for each in packages_to_install(target)]
    return with_sizes(found, line, closures_of(packages, target))


def diff_of_environment(
    old: str, location: Location, *, lock: str = DEFAULT, name: str = "", second_process: bool = False
) -> EnvironmentDiff:
    """Scan an environment and return its differences from the lock `old`, a path or a revision."""
    scanned = scan_whole_environment(location, lock, second_process=second_process)
    target, before = scanned.target(name), read_lock_or_revision(old, lock)
    installed = {each.name: each.version for each in scanned.scan.environment.distributions}
    found = diff_targets(before.lock.find(target.id), target, needs_to_install, installed)
    if found is None:
        return EnvironmentDiff(scanned=scanned, old=before, found=())
    sized = _add_sizes(found, target, scanned.place.packages)
    return EnvironmentDiff(scanned=scanned, old=before, found=(sized,))
