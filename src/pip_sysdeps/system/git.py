"""Read a file of a git revision, without trusting the configuration of the repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.system.programs import GIT, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from subprocess import CompletedProcess

_MAX_BYTES = 16 << 20
_SECONDS = 60


def file_of_revision(revision: str, name: str, folder: str) -> str | None:
    """Return the text of a file at a revision; None if the revision does not have it.

    `name` is the name of the file in `folder`, a folder of the work tree. Raise SysdepsError without git or a
    repository, for an unknown revision, and for an object that a partial clone lacks, as none is downloaded.
    """
    _refuse_embedded(folder)
    commit = _commit(revision, folder)
    listing = _run(["ls-tree", "-z", commit, "--", name], folder)
    if listing.returncode:
        raise _missing_object_error(f"`{name}` of `{revision}`")
    kind, blob = (*listing.stdout.partition(b"\t")[0].decode("ascii").split(" "), "", "", "")[1:3]
    return _text(blob, f"`{name}` of `{revision}`", folder) if kind == "blob" else None


def _text(blob: str, what: str, folder: str) -> str:
    size = _run(["cat-file", "-s", blob], folder)
    if size.returncode == 0 and int(size.stdout) > _MAX_BYTES:
        raise SysdepsError(
            f"{what} is larger than {_MAX_BYTES} bytes", hint="name a revision in which this file is a lock"
        )
    content = _run(["cat-file", "blob", blob], folder)
    if content.returncode:
        raise _missing_object_error(what)
    try:
        return content.stdout.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SysdepsError(f"{what} is not UTF-8", hint="name a revision in which this file is a lock") from error


def _refuse_embedded(folder: str) -> None:
    """Raise SysdepsError if git would use the folder, or one of its parents, as a bare repository.

    Files named `HEAD`, `config`, `objects` and `refs` are enough for that, and a commit may add them, to define
    what a revision contains. git refuses such folders since 2.38 (git-config(1), `safe.bareRepository`).
    """
    result = _run(["rev-parse", "--absolute-git-dir"], folder)
    repository, here = os.path.realpath(os.fsdecode(result.stdout).rstrip("\n")), os.path.realpath(folder)
    is_bare = result.returncode == 0 and os.path.commonpath((repository, here)) == repository
    if is_bare or b"safe.bareRepository" in result.stderr:
        raise SysdepsError(
            f"`{folder}` looks like a bare git repository, which is not trusted",
            hint=(
                "compare two lock files; remove `HEAD`, `config`, `objects` and `refs` there if "
                "they are not your repository"
            ),
        )


def _commit(revision: str, folder: str) -> str:
    """Return the id of a revision's commit, or raise SysdepsError.

    With --quiet, git prints an error only if it cannot look up any revision.
    """
    result = _run(["rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}"], folder)
    if result.returncode:
        reason = result.stderr.decode("utf-8", "replace").partition("\n")[0].removeprefix("fatal: ")
        if revision == "HEAD" and not reason:
            raise SysdepsError("the git repository has no commit yet", hint="commit the lock first, or name two locks")
        raise SysdepsError(
            f"`{revision}` is neither a file nor a git revision here{f': {reason}' if reason else ''}",
            hint="name a lock, or a revision of the repository that holds it",
        )
    return result.stdout.decode("ascii").rstrip("\n")


def _missing_object_error(what: str) -> SysdepsError:
    return SysdepsError(
        f"this partial clone lacks {what}",
        hint="run `git show REVISION:./FILE` once, which downloads it, then run this again",
    )


def _run(arguments: Sequence[str], folder: str) -> CompletedProcess[bytes]:
    try:
        return run(GIT, arguments, cwd=folder, timeout=_SECONDS)
    except TimeoutError as error:
        raise SysdepsError(f"git did not answer within {_SECONDS} seconds", hint="run git there to see why") from error
