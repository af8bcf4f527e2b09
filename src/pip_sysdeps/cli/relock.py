"""After an install: bring a project's lock up to date, and say in one line what changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pip_sysdeps.cli.lock import find_target
from pip_sysdeps.cli.lock_file import alone, read_lock, read_text, replace_text
from pip_sysdeps.cli.project import read_project
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.hook.summary import summarize
from pip_sysdeps.lockfile import Lockfile, loads
from pip_sysdeps.merging import merge, sides_of
from pip_sysdeps.staleness import differences

if TYPE_CHECKING:
    import argparse

    from pip_sysdeps.lockfile import Target

CURRENT, STALE, TROUBLE = range(3)
"""What `relock` returns."""


def relock(args: argparse.Namespace, *, check: bool = False, extend: bool = False) -> int:
    """Write the lock if it changes, or with `check` only compare; say what changed, or why that could not be done.

    `args` name the environment and the lock as those of `lock` do. Nothing is said when nothing changes. With `extend`,
    a lock that has other targets gets this one too if the project lists it.
    """
    name = os.path.basename(args.output)
    try:
        with alone(args.output):
            target = find_target(args)[1].target
            line = _stale(args.output, target) if check else _written(args.output, target, extend=extend)
    except (SysdepsError, OSError) as error:
        args.messages.note(f"pip-sysdeps: {name} not {'checked' if check else 'updated'}: {_reason(error)}")
        return TROUBLE
    if line:
        args.messages.note(f"pip-sysdeps: {name} {line}")
    return STALE if check and line else CURRENT


def _written(path: str, target: Target, *, extend: bool) -> str:
    old = read_text(path) or ""
    listed = read_project(path).targets if extend or not old.strip() else ()
    text = merge(old, target, add_target=False, listed=listed)
    if text == old:
        return ""
    replace_text(path, text)
    before = loads(sides_of(old)[0]) if old.strip() else Lockfile()
    return f"{'updated' if old.strip() else 'created'}: {summarize(before, loads(text))}"


def _stale(path: str, target: Target) -> str:
    lock = read_lock(path)
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
