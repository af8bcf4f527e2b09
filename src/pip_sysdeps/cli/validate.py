"""`lock --validate`: look at locks alone, where there is no environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.cli.lock_file import read_text
from pip_sysdeps.cli.project import read_project
from pip_sysdeps.errors import MalformedLock, SysdepsError
from pip_sysdeps.validation import faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pip_sysdeps.cli.messages import Messages


def validate(paths: Sequence[str], messages: Messages) -> int:
    """Say what is wrong with each lock, also after one that cannot be read; return the exit status."""
    return max([_validate(path, messages) for path in paths])


def _validate(path: str, messages: Messages) -> int:
    try:
        found = _faults(path)
    except SysdepsError as error:
        messages.error(str(error), hint=error.hint)
        return 2
    for fault in found:
        messages.warning(f"`{path}`: {fault}")
    if found:
        messages.note(f"`{path}` is not valid: restore it from version control, or run `pip-sysdeps lock`")
    return int(bool(found))


def _faults(path: str) -> tuple[str, ...]:
    text, project = read_text(path), read_project(path)
    if text is None:
        raise SysdepsError(f"no `{path}` here", hint="name the lock, or make it with `pip-sysdeps lock`")
    try:
        return tuple(faults(text, project))
    except MalformedLock as error:
        raise error.at(path) from error
