"""A file as a git revision has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.host.programs import GIT, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from subprocess import CompletedProcess

_MAX_BYTES = 16 << 20
_SECONDS = 60


def file_of_revision(revision: str, path: str, folder: str) -> str | None:
    """Return the text of a file at a revision; None if the revision does not have it.

    `path` is relative to `folder`, which lies in the work tree. Raise SysdepsError where there is no git or no
    repository, and for an unknown revision.
    """
    _require_commit(revision, folder)
    result = _run(["cat-file", "blob", f"{revision}:./{path}"], folder)
    if result.returncode:
        return None
    if len(result.stdout) > _MAX_BYTES:
        raise SysdepsError(f"`{path}` of `{revision}` is larger than {_MAX_BYTES} bytes", hint="is it a lock?")
    try:
        return result.stdout.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SysdepsError(f"`{path}` of `{revision}` is not UTF-8", hint="is it a lock?") from error


def _require_commit(revision: str, folder: str) -> None:
    """Raise SysdepsError unless git knows the revision; --quiet leaves it the word where it can look up none at all."""
    result = _run(["rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}"], folder)
    if result.returncode:
        reason = result.stderr.decode("utf-8", "replace").partition("\n")[0].removeprefix("fatal: ")
        raise SysdepsError(
            f"`{revision}` is neither a file nor a git revision here{f': {reason}' if reason else ''}",
            hint="name a lock, or a revision of the repository that holds it",
        )


def _run(arguments: Sequence[str], folder: str) -> CompletedProcess[bytes]:
    try:
        return run(GIT, arguments, cwd=folder, timeout=_SECONDS)
    except TimeoutError as error:
        raise SysdepsError(f"git did not answer within {_SECONDS} seconds", hint="try it by hand") from error
