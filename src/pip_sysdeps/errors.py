"""What stops a run: an error says what happened, on what, and what to do."""

from __future__ import annotations


class SysdepsError(Exception):
    """Something that this run cannot go on from: a message for a person, and a hint.

    `str(error)` is one line without a full stop; `hint` says what to do, or is empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NoEnvironmentError(SysdepsError):
    """There is no environment to look at, or nothing is in it."""


class MalformedError(SysdepsError):
    """Bytes that are not what their format's specification says.

    `where` places the fault inside the document (`offset 64`, `line 3`, `package[2].name`); the caller that knows
    the file's path adds it with `at`.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message, hint=hint)
        self.reason = message
        self.where = where

    def at(self, path: str, *, hint: str = "") -> MalformedError:
        """Return the same error with the file that it is about, and with this hint unless it has one."""
        where = f"{path}: {self.where}" if self.where else path
        return type(self)(self.reason, where=where, hint=self.hint or hint)


class MalformedElf(MalformedError):  # noqa: N818 - the field says "malformed", and that is the error
    """A file that has the ELF magic and breaks the gABI where we must read it."""


class MalformedLock(MalformedError):  # noqa: N818
    """A `sysdeps.lock` that cannot be read or names something hostile."""
