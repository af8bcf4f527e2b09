"""A lock in place of an environment: what a report falls back to where there is none to look at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, NoEnvironmentError
from pip_sysdeps.lock.file import read_lock, read_text
from pip_sysdeps.lock.target_choice import named_target, own_target
from pip_sysdeps.packages.platform import read_system
from pip_sysdeps.system.root import Root
from pip_sysdeps.words import listed

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import Lockfile, Target
    from pip_sysdeps.model.environment import Environment

_OF_THE_PROJECT = frozenset({"", "VIRTUAL_ENV", ".venv"})
"""What leads to an environment that is the project's: its name, the shell in which it is active, the folder."""
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LockAlone:
    """One target of a lock, to answer from."""

    target: Target
    """The target."""
    others: tuple[Target, ...]
    """The lock's other targets."""
    warning: str
    """What is to be said of the lock itself."""


def read_lock_alone(path: str, target: str | None = None, *, name: str = "", root: str = "/") -> LockAlone:
    """Return a target of a lock: the named one, else the only one, else that of the root's system.

    `name` is the end of the target's id, for a second environment of the same image.
    Raise SysdepsError for no lock and for one without that target, OSError, MalformedLock.
    """
    lock = read_lock(path)
    chosen = _chosen(lock, target or _with_name(name, root), root)
    return LockAlone(
        target=chosen, others=tuple(each for each in lock.target if each is not chosen), warning=lock.warning()
    )


def _with_name(name: str, root: str) -> str:
    return f"{read_system(Root(root)).id}-{name}" if name else ""


def _chosen(lock: Lockfile, target: str, root: str) -> Target:
    if target:
        return named_target(lock, target)
    return lock.target[0] if len(lock.target) == 1 else own_target(lock, read_system(Root(root)))


def refuse_unrelated(environment: Environment, path: str) -> None:
    """Raise NoEnvironmentError for an environment that the project does not name, and that has nothing of its lock.

    The Python of the system or of another project is what is found where the project has no environment yet.
    """
    if environment.found_by in _OF_THE_PROJECT or read_text(path) is None:
        return
    needing: frozenset[str] = frozenset()
    with suppress(MalformedError):  # the environment can be reported on without it
        needing = frozenset(
            each.name for target in read_lock(path).target for each in target.distribution if any(each.every())
        )
    if needing and needing.isdisjoint(each.name for each in environment.distributions):
        raise NoEnvironmentError(
            f"none of the distributions with needs in `{path}` ({listed(sorted(needing), _SHOWN)}) is installed in "
            f"`{environment.prefix}` ({environment.found_by})",
            hint="select the environment with --python or --path",
        )
