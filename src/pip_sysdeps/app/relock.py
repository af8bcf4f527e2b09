"""After an install: bring a project's lock up to date, and say in one line what changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pip_sysdeps.app.project import read_project
from pip_sysdeps.cli.lock import find_target
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.document import Lockfile
from pip_sysdeps.lock.file import read_lock, read_text, replace_lock
from pip_sysdeps.lock.merge import merge, sides_of
from pip_sysdeps.lock.staleness import differences
from pip_sysdeps.lock.summary import summarize
from pip_sysdeps.lock.text import loads
from pip_sysdeps.system.exclusion import alone

if TYPE_CHECKING:
    import argparse

CURRENT, STALE, TROUBLE = range(3)
"""What `relock` returns."""


def relock(args: argparse.Namespace, *, check: bool = False, extend: bool = False) -> int:
    """Write the lock if it changes, or with `check` only compare; say what changed, or why that could not be done.

    `args` name the environment and the lock as those of `lock` do. Nothing is said when nothing changes. With `extend`,
    a lock that has other targets gets this one too if the project lists it.
    """
    name = os.path.basename(args.output)
    try:
        line = _stale(args) if check else _written(args, extend=extend)
    except (SysdepsError, OSError) as error:
        args.messages.note(f"pip-sysdeps: {name} not {'checked' if check else 'updated'}: {_reason(error)}")
        return TROUBLE
    if line:
        args.messages.note(f"pip-sysdeps: {name} {line}")
    return STALE if check and line else CURRENT


def _written(args: argparse.Namespace, *, extend: bool) -> str:
    """Write the lock if it changes; no other run scans or writes meanwhile, so the last one sees every install."""
    path = args.output
    with alone(path):
        target = find_target(args)[1].target
        old = read_text(path) or ""
        listed = read_project(path).targets if extend or not old.strip() else ()
        text = merge(old, target, add_target=False, listed=listed)
        if text == old:
            return ""
        replace_lock(path, text)
    before = loads(sides_of(old)[0]) if old.strip() else Lockfile()
    return f"{'updated' if old.strip() else 'created'}: {summarize(before, loads(text))}"


def _stale(args: argparse.Namespace) -> str:
    """Compare alone: a lock is read whole at any time."""
    target = find_target(args)[1].target
    lock = read_lock(args.output)
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
