"""Write files atomically: after any interruption, a file has either its old or its new content."""

from __future__ import annotations

import contextlib
import os
import stat

_BINARY = getattr(os, "O_BINARY", 0)
_PERMISSIONS = 0o777
"""The permission bits, without set-user-ID and set-group-ID, which write(2) also clears. Source: inode(7)."""


def write_atomically(path: str, content: bytes) -> None:
    """Replace the content of a file: readers see the complete old or new content, even after a crash.

    Mode and owner of an existing file are kept; a new file follows the umask. A link is replaced, not followed. Raise
    OSError with `path` as its filename.
    """
    try:
        _write(path, content)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error


def _write(path: str, content: bytes) -> None:
    temporary = os.path.join(os.path.dirname(path), f".pip-sysdeps-{os.urandom(6).hex()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _keep_rights(descriptor, path)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _keep_rights(descriptor: int, path: str) -> None:
    """Set the mode and, if allowed, the owner of an open file to those of the regular file at a path."""
    try:
        old = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISREG(old.st_mode) or not hasattr(os, "fchmod"):  # Windows: a file inherits the rights of its folder
        return
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode) & _PERMISSIONS)
