"""Update a project's lock after an install, and return one line about the changes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pip_sysdeps.app.lock import make_target, refuse_other_environment
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.document import Lockfile
from pip_sysdeps.lock.file import read_lock, read_text, replace_lock
from pip_sysdeps.lock.merge import merge, sides_of
from pip_sysdeps.lock.staleness import differences
from pip_sysdeps.lock.summary import summarize
from pip_sysdeps.lock.text import loads
from pip_sysdeps.system.exclusion import exclusive

if TYPE_CHECKING:
    from pip_sysdeps.app.lock import LockRequest


class RelockStatus(Enum):
    """The state of a lock after a relock; the values are exit statuses."""

    CURRENT = 0
    """The lock is current."""
    STALE = 1
    """The lock was only checked, and is stale."""
    FAILED = 2
    """The lock could not be compared or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelockResult:
    """The result of a relock."""

    status: RelockStatus
    """The state of the lock."""
    line: str
    """What changed, or why the update failed; empty without a change."""
    mismatches: tuple[str, ...] = ()
    """Messages as in `Environment.mismatches`."""


def relock(request: LockRequest, *, check: bool = False, extend: bool = False) -> RelockResult:
    """Write the lock if it changes, or with `check` only compare it.

    With `extend`, the target is added to a lock with other targets if the project lists it.
    """
    name = os.path.basename(request.path)
    mismatches: list[str] = []
    try:
        change = _check_lock(request, mismatches) if check else _update_lock(request, mismatches, extend=extend)
    except (SysdepsError, OSError) as error:
        line = f"pip-sysdeps: {name} not {'checked' if check else 'updated'}: {_reason(error)}"
        return RelockResult(status=RelockStatus.FAILED, line=line, mismatches=tuple(mismatches))
    line = f"pip-sysdeps: {name} {change}" if change else ""
    status = RelockStatus.STALE if check and change else RelockStatus.CURRENT
    return RelockResult(status=status, line=line, mismatches=tuple(mismatches))


def _update_lock(request: LockRequest, mismatches: list[str], *, extend: bool) -> str:
    """Write the lock if it changes. Other runs wait, so the last one sees every install."""
    path, name = request.path, os.path.basename(request.path)
    with exclusive(path):
        found = make_target(request, second_process=True)
        mismatches += found.scan.environment.mismatches
        old = read_text(path) or ""
        listed = found.project.targets if extend or not old.strip() else ()
        text = merge(old, found.target, add_target=False, project_targets=listed)
        if text == old:
            return ""
        before = loads(sides_of(old)[0]) if old.strip() else Lockfile()
        if not request.replace:
            refuse_other_environment(found, before.find(found.target.id), name)
        replace_lock(path, text)
    return f"{'updated' if old.strip() else 'created'}: {summarize(before, loads(text))}"


def _check_lock(request: LockRequest, mismatches: list[str]) -> str:
    """Compare without waiting, because a lock is replaced atomically."""
    found = make_target(request, second_process=True)
    mismatches += found.scan.environment.mismatches
    target = found.target
    lock = read_lock(request.path)
    locked = lock.find(target.id)
    if locked is None:
        raise SysdepsError(f"it has no target {target.id}", hint="`pip-sysdeps lock --add-target` adds it")
    if not differences(locked, target):
        return ""
    changes = summarize(Lockfile(target=(locked,)), Lockfile(target=(target,)))
    return f"is stale: {changes}; run `pip-sysdeps lock` and commit it"


def _reason(error: SysdepsError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or error}"
    return f"{error} ({error.hint})" if error.hint else str(error)
