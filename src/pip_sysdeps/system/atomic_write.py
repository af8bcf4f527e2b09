"""Writing a file so that it has the old content or the new one, whatever happens on the way."""

from __future__ import annotations

import contextlib
import os
import stat

_BINARY = getattr(os, "O_BINARY", 0)


def write_atomically(path: str, content: bytes) -> None:
    """Put a file with this content in the place of a path: a reader, and a crash, see the old one or the new one whole.

    Mode and owner stay those of the file that was there; a new one has what the umask leaves. A link is replaced, not
    followed. Raise OSError with the path as given.
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
    """Give an open file the owner, if that may be, and the mode of the regular file of a path."""
    try:
        old = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISREG(old.st_mode) or not hasattr(os, "fchmod"):  # Windows: a file's rights are its folder's
        return
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
