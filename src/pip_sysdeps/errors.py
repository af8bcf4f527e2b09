"""Errors that stop a run: each says what happened, where, and what to do."""

from __future__ import annotations


class SysdepsError(Exception):
    """An error that stops the run, with a message and a hint for the user.

    `str(error)` is one line without a full stop; `hint` says what to do, or is empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NoEnvironmentError(SysdepsError):
    """There is no environment, or it is empty."""


class MalformedError(SysdepsError):
    """Bytes that break the specification of their format.

    `where` is the place in the document (`offset 64`, `line 3`, `package[2].name`); the caller that knows the file's
    path adds it with `at`.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message, hint=hint)
        self.reason = message
        self.where = where

    def at(self, path: str, *, hint: str = "") -> MalformedError:
        """Return the same error with the path of its file, and with this hint unless it has one."""
        where = f"{path}: {self.where}" if self.where else path
        return type(self)(self.reason, where=where, hint=self.hint or hint)


class MalformedElf(MalformedError):  # noqa: N818 - the field says "malformed", and that is the error
    """A file with the ELF magic that breaks the gABI where it is read."""


class MalformedLock(MalformedError):  # noqa: N818
    """A `sysdeps.lock` that cannot be read or has a hostile name."""
