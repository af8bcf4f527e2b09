"""Read sysdeps.lock with a size limit, and replace it atomically."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, MalformedLock, SysdepsError
from pip_sysdeps.lock.text import RESTORE_HINT, loads
from pip_sysdeps.system.atomic_write import write_atomically
from pip_sysdeps.system.regular_file import open_without_waiting

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import Lockfile

DEFAULT = "sysdeps.lock"
_MAX_BYTES = 16 << 20
_OTHER_FILES = re.compile(
    r".*(?:requirements|constraints).*\.(?:txt|in)|pyproject\.toml|pylock(?:\..+)?\.toml|setup\.(?:py|cfg)"
    r"|(?:uv|poetry|pdm|pixi|conda)\.lock|Pipfile(?:\.lock)?|environment\.ya?ml|(?:Docker|Container)file(?:\..+)?"
)
"""Names of other tools' input and output files."""


def read_text(path: str) -> str | None:
    """Return the text of a lock with its line ends; None if it does not exist. Raise OSError, MalformedLock."""
    try:
        with open_without_waiting(path) as file:
            _refuse_special(path, os.fstat(file.fileno()).st_mode)
            content = file.read(_MAX_BYTES + 1) or b""  # a file of /proc that has nothing yet gives None
    except FileNotFoundError:
        return None
    if len(content) > _MAX_BYTES:
        raise MalformedLock(f"is larger than {_MAX_BYTES} bytes", hint=RESTORE_HINT).at(path)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedLock("is not UTF-8", where=f"offset {error.start}", hint=RESTORE_HINT).at(path) from error


def read_lock(path: str, *, hint: str = "run `pip-sysdeps lock` where the environment is") -> Lockfile:
    """Return the lock of a path. Raise SysdepsError if there is none, OSError, MalformedLock."""
    text = read_text(path)
    if text is None:
        raise SysdepsError(f"`{path}` does not exist", hint=hint)
    try:
        return loads(text)
    except MalformedError as error:
        raise error.at(path) from error


def replace_lock(path: str, text: str) -> None:
    """Replace a lock atomically, or create one; a link to a lock stays a link.

    A link to another file is refused, because the author of the repository would choose the file that is overwritten,
    such as a startup file of the shell. The name of another tool's file is refused unless it is a lock: the user
    probably meant an input. Raise SysdepsError for these and for special files, and OSError with the path as given.
    """
    if path == "-":
        raise SysdepsError("a lock is a file, not a stream", hint="name a file with -o (`-o ./-` for a file named `-`)")
    if _OTHER_FILES.fullmatch(os.path.basename(path)) and not _is_lock(read_text(path) or ""):
        raise SysdepsError(
            f"`{path}` has the name of another tool's file, and is not a lock",
            hint=f"-o is the lock to write, not an input (default: `{DEFAULT}`)",
        )
    if os.path.islink(path) and not _is_lock(read_text(path) or ""):
        raise SysdepsError(f"`{path}` is a link, but not to a lock", hint="remove the link, or name the lock with -o")
    _replace(path, os.path.realpath(path) if os.path.islink(path) else path, text)


def replace_report(path: str, text: str) -> None:
    """Replace a file that is not a lock, or create one; links are not followed.

    Raise SysdepsError for links and special files, and OSError with the path as given.
    """
    if os.path.islink(path):
        raise SysdepsError(
            f"`{path}` is a link, and nothing is written through a link",
            hint="use the path of the file that the link points to",
        )
    _replace(path, path, text)


def _is_lock(text: str) -> bool:
    """Return whether a text is a lock, or a git conflict between two."""
    from pip_sysdeps.lock.merge import sides_of  # noqa: PLC0415 - to write through a link only

    try:
        return bool(text.strip()) and all(loads(side) for side in sides_of(text))
    except MalformedError:
        return False


def _replace(path: str, place: str, text: str) -> None:
    """Replace the content of a file; errors have the path as given."""
    try:
        with contextlib.suppress(FileNotFoundError):
            _refuse_special(path, os.lstat(place).st_mode)
        write_atomically(place, text.encode("utf-8"))
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error


def _refuse_special(path: str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise SysdepsError(f"`{path}` is not a regular file", hint="use the path of a regular file")
