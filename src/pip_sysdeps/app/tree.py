"""Return the tree from requirements to binary packages, or the reverse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.app.locked_target import read_locked_target
from pip_sysdeps.app.report import scan_environment
from pip_sysdeps.lock.policy import is_added
from pip_sysdeps.report.trees import locked_needs_tree, locked_packages_tree, needs_tree, packages_tree
from pip_sysdeps.report.why import locked_chains

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pip_sysdeps.app.place import Location
    from pip_sysdeps.app.report import ScannedEnvironment
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.report.trees import Node
    from pip_sysdeps.report.why import LockedChain


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentTree:
    """The tree of an environment."""

    scanned: ScannedEnvironment
    """The environment."""
    nodes: Sequence[Node]
    """The roots of the tree; none if nothing needs a system library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockTree:
    """The tree of a lock."""

    target: Target
    """The target."""
    warning: str
    """A warning about the lock itself."""
    nodes: Sequence[Node]
    """The roots of the tree; none if nothing needs a system library."""


def tree_of_environment(location: Location, *, reverse: bool = False, second_process: bool = False) -> EnvironmentTree:
    """Scan an environment and return its tree; with `reverse` start at the binary packages."""
    scanned = scan_environment(location, lock_fallback=True, second_process=second_process)
    make = packages_tree if reverse else needs_tree
    return EnvironmentTree(scanned=scanned, nodes=make(scanned.scan, scanned.requirement_chains, _added_needs(scanned)))


def _added_needs(scanned: ScannedEnvironment) -> tuple[LockedChain, ...]:
    """Return the needs that the project's policy adds."""
    if not any(each.add for each in scanned.project.distribution):
        return ()
    return tuple(each for each in locked_chains(scanned.target()) if is_added(each.need))


def tree_of_lock(path: str, *, reverse: bool = False, target: str | None = None, root: str = "/") -> LockTree:
    """Return the tree of a lock; `target` and `root` as for `read_locked_target`, which may raise SysdepsError."""
    lock = read_locked_target(path, target, root=root)
    make = locked_packages_tree if reverse else locked_needs_tree
    return LockTree(target=lock.target, warning=lock.warning, nodes=make(lock.target))
