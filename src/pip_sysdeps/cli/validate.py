"""`lock --validate`: check locks without an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.app.project import read_project
from pip_sysdeps.errors import MalformedLock, SysdepsError
from pip_sysdeps.lock.file import read_text
from pip_sysdeps.lock.target_choice import listed_targets
from pip_sysdeps.lock.text import loads
from pip_sysdeps.lock.validation import find_faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pip_sysdeps.cli.messages import Messages
    from pip_sysdeps.lock.document import Lockfile


def validate(paths: Sequence[str], messages: Messages) -> int:
    """Print whether each lock is valid, and return the exit status. All locks are checked."""
    return max([_validate(path, messages) for path in paths])


def _validate(path: str, messages: Messages) -> int:
    try:
        lock, found = _read(path)
    except SysdepsError as error:
        messages.error(str(error), hint=error.hint)
        return 2
    if lock.warning():
        messages.warning(f"`{path}`: {lock.warning()}")
    for fault in found:
        messages.warning(f"`{path}`: {fault}")
    if found:
        messages.note(f"`{path}` is not valid: restore it from version control, or run `pip-sysdeps lock`")
    else:
        messages.note(f"`{path}` is valid: {listed_targets(lock)}")
    return int(bool(found))


def _read(path: str) -> tuple[Lockfile, tuple[str, ...]]:
    """Return a lock and its problems."""
    text, project = read_text(path), read_project(path)
    if text is None:
        raise SysdepsError(f"`{path}` does not exist", hint="name the lock, or make it with `pip-sysdeps lock`")
    try:
        lock = loads(text)
    except MalformedLock as error:
        raise error.at(path) from error
    return lock, tuple(find_faults(lock, text, project))
