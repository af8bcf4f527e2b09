"""Select a target of a lock: the named one, or that of a system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pip_sysdeps.errors import SysdepsError

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import Lockfile, Target


class System(Protocol):
    """What identifies a system's target: `model.packages.Platform` has it."""

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
        raise SysdepsError(f"the lock has no target `{name}`", hint=_has(lock))
    return target


def own_target(lock: Lockfile, system: System) -> Target:
    """Return the target for a system; of several, the one without a name. Raise SysdepsError unless there is one."""
    target = find_target(lock, system)
    if target is None:
        raise SysdepsError(
            f"the lock has no target for this system ({system.id}), only {listed_targets(lock)}",
            hint=_how_to_add(lock, system),
        )
    return target


def find_target(lock: Lockfile, system: System) -> Target | None:
    """Return the target for a system as `own_target`, None if there is none.

    Raise SysdepsError for an unknown system, and if several targets fit.
    """
    if not (system.distro and system.architecture):
        raise SysdepsError(
            "cannot determine the target: this system has no os-release or no package database", hint=_has(lock)
        )
    fitting = [target for target in lock.target if _fits(target, system)]
    plain = [target for target in fitting if target.id == system.id]
    if len(fitting) > 1 and not plain:
        names = ", ".join(target.id for target in fitting)
        raise SysdepsError(f"the lock has several targets for this system: {names}", hint="name one with --target")
    return next(iter(plain or fitting), None)


def listed_targets(lock: Lockfile) -> str:
    """Return the ids of a lock's targets for a message."""
    return ", ".join(target.id for target in lock.target) or "none"


def _fits(target: Target, system: System) -> bool:
    """Return whether a target is for a system: a minor release, such as RHEL 9.5, fits its major release."""
    same = (target.distro, target.architecture) == (system.distro, system.architecture)
    return same and f"{target.id}-".startswith(f"{system.id}-")


def _how_to_add(lock: Lockfile, system: System) -> str:
    """Return how to add a system's target: with wheels if it has another architecture."""
    known = any(target.architecture == system.architecture for target in lock.target)
    wheels = "" if known else "--wheels DIR "
    return (
        "add it with `pip-sysdeps lock --add-target` in a build stage of this system, or anywhere with "
        f"`pip-sysdeps lock {wheels}--target {system.id} --add-target`"
    )


def _has(lock: Lockfile) -> str:
    return f"it has {listed_targets(lock)}: select one with --target"
