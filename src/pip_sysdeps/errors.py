"""Define the errors that stop a run, each with a message and a hint."""

from __future__ import annotations

import errno

_SYSTEM_HINTS = {
    errno.ENOENT: "create the folder first, or use another path",
    errno.ENOTDIR: "use another path",
    errno.EISDIR: "name a file",
    errno.ENOSPC: "free some space and run it again; the file was not changed",
    errno.EDQUOT: "free some space and run it again; the file was not changed",
    errno.EACCES: "run it as a user with permission",
    errno.EPERM: "run it as a user with permission",
    errno.EROFS: "write to another path, or mount it writable",
    errno.EINVAL: "put a regular file there, or remove it",
    errno.EAGAIN: "put a regular file there, or remove it",
    errno.ELOOP: "correct the link, or remove it",
    errno.EFBIG: "use a smaller file, or allow larger ones with `ulimit -f`",
    errno.EMFILE: "allow more with `ulimit -n`",
    errno.ENAMETOOLONG: "use a shorter path",
    errno.EIO: "check the disk",
    errno.EBUSY: "if the file is a bind mount, mount its folder instead",
}
_READING_HINTS = {
    errno.EFBIG: "it is too large to be valid: replace it",
    errno.EINVAL: "put a regular file there, or remove it",
    errno.EAGAIN: "put a regular file there, or remove it",
    errno.EISDIR: "put a regular file there, or remove it",
    errno.ELOOP: "correct the link, or remove it",
    errno.EMFILE: "allow more with `ulimit -n`",
    errno.ENFILE: "close some programs: the system has too many files open",
    errno.EIO: "check the disk",
}


class SysdepsError(Exception):
    """An error that stops the run, with a message and a hint for the user.

    `str(error)` is one line without a full stop; `hint` says what to do, or is empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NoEnvironmentError(SysdepsError):
    """No environment was found, or it has no distributions."""


class MalformedError(SysdepsError):
    """Invalid input: bytes that violate the specification of their format.

    `where` is the position in the document (`offset 64`, `line 3`, `package[2].name`). A caller that knows the path of
    the file adds it with `at`.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message, hint=hint)
        self.reason = message
        self.where = where

    def at(self, path: str, *, hint: str = "") -> MalformedError:
        """Return the same error with the path of its file, and with `hint` if it has none."""
        where = f"{path}: {self.where}" if self.where else path
        return type(self)(self.reason, where=where, hint=self.hint or hint)


class MalformedElf(MalformedError):  # noqa: N818 - the field says "malformed", and that is the error
    """A file with the ELF magic number that violates the gABI."""


class MalformedLock(MalformedError):  # noqa: N818
    """A `sysdeps.lock` that cannot be parsed, or has an invalid name."""


def system_hint(error: OSError) -> str:
    """Return the hint for a failed system call that writes; empty if there is none."""
    return _SYSTEM_HINTS.get(error.errno or 0, "")


def reading_hint(error: OSError, closed: str = "make it readable, or run as root") -> str:
    """Return the hint for a file that cannot be read; `closed` is the hint for a missing permission."""
    if error.errno in {errno.EACCES, errno.EPERM}:
        return closed
    return _READING_HINTS.get(error.errno or 0, "replace it by a file that can be read")


def unreadable(what: str, error: OSError, *, closed: str = "make it readable, or run as root") -> SysdepsError:
    """Return the error for a file that cannot be read, named by `what`, with the hint of `reading_hint`."""
    return SysdepsError(f"cannot read {what}: {error.strerror or error}", hint=reading_hint(error, closed))
