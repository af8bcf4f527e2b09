"""sysdeps.lock on the disk: read within bounds, replaced as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, MalformedLock, SysdepsError
from pip_sysdeps.host.atomic_write import write_atomically
from pip_sysdeps.lockfile import NO_HANDS, loads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lockfile import Lockfile

DEFAULT = "sysdeps.lock"
_MAX_BYTES = 16 << 20
_LONGEST_WAIT = 60.0
"""Seconds for which another run that changes the same lock is waited for."""
_PAUSE = 0.02


def read_text(path: str) -> str | None:
    """Return the text of a lock, line ends as they are, or None if there is none. Raise OSError, MalformedLock."""
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            _refuse_special(path, os.fstat(file.fileno()).st_mode)
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(content) > _MAX_BYTES:
        raise MalformedLock(f"is larger than {_MAX_BYTES} bytes", hint=NO_HANDS).at(path)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedLock("is not UTF-8", where=f"offset {error.start}", hint=NO_HANDS).at(path) from error


def read_lock(path: str, *, hint: str = "run `pip-sysdeps lock` where the environment is") -> Lockfile:
    """Return the lock of a path. Raise SysdepsError if there is none, OSError, MalformedLock."""
    text = read_text(path)
    if text is None:
        raise SysdepsError(f"no `{path}` here", hint=hint)
    try:
        return loads(text)
    except MalformedError as error:
        raise error.at(path) from error


@contextlib.contextmanager
def alone(path: str) -> Iterator[None]:
    """Keep other runs that change this lock waiting, so that the last of them sees what all have installed.

    It is the lock's folder that is locked (flock(2)): nothing is left behind. Where that cannot be, or takes too long,
    the run goes on: what it writes is whole in any case.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError, ImportError):
            import fcntl  # noqa: F401, PLC0415 - Windows has neither this nor O_DIRECTORY

            descriptor = os.open(os.path.dirname(os.path.realpath(path)), os.O_RDONLY | os.O_DIRECTORY)
            held.callback(os.close, descriptor)
            _wait_for(descriptor)
        yield


def _wait_for(descriptor: int) -> None:
    """Wait for the lock of an open folder, in the end without it. Raise OSError where there are no such locks."""
    end = time.monotonic() + _LONGEST_WAIT
    while not _is_taken(descriptor) and time.monotonic() < end:
        time.sleep(_PAUSE)


def _is_taken(descriptor: int) -> bool:
    import fcntl  # noqa: PLC0415 - as in `alone`

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def replace_text(path: str, text: str) -> None:
    """Write a file so that it has the old text or the new one, whatever happens on the way; a link stays a link.

    Raise OSError with the path as given, SysdepsError for what is no regular file.
    """
    real = os.path.realpath(path)
    try:
        with contextlib.suppress(FileNotFoundError):
            _refuse_special(real, os.stat(real).st_mode)
        write_atomically(real, text.encode("utf-8"))
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error


def _open_at_once(path: str, flags: int) -> int:
    """Open a file without waiting for somebody to write into it, as a pipe would have it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _refuse_special(path: str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise SysdepsError(f"`{path}` is no regular file", hint="name the lock with -o or --lock")
