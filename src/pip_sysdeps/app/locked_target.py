"""A target of a lock, as the input of a report without an environment."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.environment.read_sites import LOCAL_PACKAGES
from pip_sysdeps.errors import MalformedError, NoEnvironmentError
from pip_sysdeps.lock.file import read_lock, read_text
from pip_sysdeps.lock.target_choice import named_target, target_of_system
from pip_sysdeps.packages.platform import read_system
from pip_sysdeps.system.root import Root
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import Lockfile, Target
    from pip_sysdeps.model.environment import Environment

PROJECT_SOURCES = frozenset({"", "VIRTUAL_ENV", ".venv", LOCAL_PACKAGES})
"""Values of `found_by` for an environment of the project: named, active, or in its folder."""
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedTarget:
    """One target of a lock, for a report."""

    target: Target
    """The target."""
    others: tuple[Target, ...]
    """The lock's other targets."""
    warning: str
    """A warning about the lock itself."""


def read_locked_target(path: str, target: str | None = None, *, name: str = "", root: str = "/") -> LockedTarget:
    """Return a target of a lock: the named one, the only one, or the one of the root's system.

    `name` is the suffix of the target's id, for a second environment in the same image. Raise SysdepsError for a
    missing lock or target, OSError, MalformedLock.
    """
    lock = read_lock(path)
    chosen = _choose_target(lock, target or _with_name(name, root), root)
    return LockedTarget(
        target=chosen, others=tuple(each for each in lock.target if each is not chosen), warning=lock.warning()
    )


def _with_name(name: str, root: str) -> str:
    return f"{read_system(Root(root)).id}-{name}" if name else ""


def _choose_target(lock: Lockfile, target: str, root: str) -> Target:
    if target:
        return named_target(lock, target)
    return lock.target[0] if len(lock.target) == 1 else target_of_system(lock, read_system(Root(root)))


def refuse_unrelated(environment: Environment, path: str) -> None:
    """Raise NoEnvironmentError for an environment outside the project that has none of the lock's distributions.

    Otherwise, a project without an environment would get the system's Python, or another project's.
    """
    if environment.found_by in PROJECT_SOURCES or read_text(path) is None:
        return
    with_needs: frozenset[str] = frozenset()
    with suppress(MalformedError):  # a report on the environment does not need it
        with_needs = frozenset(
            each.name for target in read_lock(path).target for each in target.distribution if any(each.all_needs())
        )
    if with_needs and with_needs.isdisjoint(each.name for each in environment.distributions):
        raise NoEnvironmentError(
            f"none of the distributions with needs in `{path}` ({format_list(sorted(with_needs), _SHOWN)}) "
            f"is installed in `{environment.prefix}` ({environment.found_by})",
            hint="select the environment with --python or --path",
        )
