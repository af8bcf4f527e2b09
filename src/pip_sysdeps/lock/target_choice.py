"""Select a target of a lock, by id or by system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pip_sysdeps.errors import SysdepsError

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import Lockfile, Target


class System(Protocol):
    """The facts that identify a system's target, of a `model.packages.Platform`."""

    @property
    def distro(self) -> str:
        """`ID` of os-release(5)."""

    @property
    def architecture(self) -> str:
        """In the package manager's words."""

    @property
    def id(self) -> str:
        """The target id of the system, without a name."""


def named_target(lock: Lockfile, name: str) -> Target:
    """Return the target of this id. Raise SysdepsError if there is none."""
    target = lock.find(name)
    if target is None:
        raise SysdepsError(f"the lock has no target `{name}`", hint=_available_hint(lock))
    return target


def target_of_system(lock: Lockfile, system: System) -> Target:
    """Return the target for a system; of several, the one without a name. Raise SysdepsError if there is none."""
    target = find_target(lock, system)
    if target is None:
        raise SysdepsError(
            f"the lock has no target for this system ({system.id}), only {listed_targets(lock)}",
            hint=_add_hint(lock, system),
        )
    return target


def find_target(lock: Lockfile, system: System) -> Target | None:
    """Return the target for a system as `target_of_system`; None if there is none.

    Raise SysdepsError for an unknown system, and if several targets match.
    """
    if not (system.distro and system.architecture):
        raise SysdepsError(
            "cannot determine the target: this system has no os-release or no package database",
            hint=_available_hint(lock),
        )
    matching = [target for target in lock.target if _is_for_system(target, system)]
    unnamed = [target for target in matching if target.id == system.id]
    if len(matching) > 1 and not unnamed:
        names = ", ".join(target.id for target in matching)
        raise SysdepsError(f"the lock has several targets for this system: {names}", hint="name one with --target")
    return next(iter(unnamed or matching), None)


def listed_targets(lock: Lockfile) -> str:
    """Return the ids of a lock's targets for a message."""
    return ", ".join(target.id for target in lock.target) or "none"


def _is_for_system(target: Target, system: System) -> bool:
    """Return whether a target is for a system. A minor release, such as RHEL 9.5, matches its major release."""
    same = (target.distro, target.architecture) == (system.distro, system.architecture)
    return same and f"{target.id}-".startswith(f"{system.id}-")


def _add_hint(lock: Lockfile, system: System) -> str:
    """Return the hint to add a system's target, with `--wheels` for another architecture."""
    has_architecture = any(target.architecture == system.architecture for target in lock.target)
    wheels = "" if has_architecture else "--wheels DIR "
    return (
        "add it with `pip-sysdeps lock --add-target` in a build stage of this system, or anywhere with "
        f"`pip-sysdeps lock {wheels}--target {system.id} --add-target`"
    )


def _available_hint(lock: Lockfile) -> str:
    return f"it has {listed_targets(lock)}: select one with --target"
