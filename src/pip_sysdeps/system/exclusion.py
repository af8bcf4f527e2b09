"""Exclude concurrent runs that change the same file, by flock(2) on an empty file next to it."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_WAIT = 20.0
"""Limit in seconds on waiting for another run; the timeout of the hook is longer."""
_POLL_INTERVAL = 0.02
_OWNER, _GROUP = 0o600, 0o060


@contextlib.contextmanager
def exclusive(path: str) -> Iterator[bool]:
    """Make other runs that change this file wait; yield False if another run has not finished after MAX_WAIT.

    flock(2) needs no write permission. Only users who may write in the folder can open the lock file, so
    that others cannot block a run. The run removes the file at its end. A file that a killed run left is
    reused, since the kernel has released its lock. If no lock file can be created or locked, the run continues,
    because writes are atomic.
    """
    descriptor, timed_out = None, False
    lock_path = _lock_file(path)
    try:
        descriptor = _acquire(lock_path) if lock_path else None
    except TimeoutError:
        timed_out = True
    except (OSError, ImportError):  # Windows has no fcntl
        pass
    try:
        yield not timed_out
    finally:
        if descriptor is not None:
            _release(lock_path, descriptor)


def _lock_file(path: str) -> str:
    """Return the path of the lock file; empty for a device, a folder, or a broken link."""
    real = os.path.realpath(path)
    if not os.path.isfile(real) and os.path.lexists(path):
        return ""
    folder, name = os.path.split(real)
    return os.path.join(folder, f".{name}.busy")


def _acquire(lock_path: str) -> int:
    """Return a descriptor that holds the lock. Raise TimeoutError, or OSError or ImportError if there are no locks."""
    import fcntl  # noqa: F401, PLC0415 - Windows has neither this nor the flags below

    deadline = time.monotonic() + MAX_WAIT
    while True:
        descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, _OWNER)
        try:
            if _restrict_access(lock_path, descriptor) and _is_locked(descriptor) and _is_at(lock_path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if time.monotonic() >= deadline:
            raise TimeoutError
        time.sleep(_POLL_INTERVAL)


def _restrict_access(lock_path: str, descriptor: int) -> bool:
    """Restrict the lock file to users who may write in its folder; remove it and return False if others may use it.

    Raise FileExistsError for a file that is not a lock file: it is not regular, or not empty.
    """
    folder, status = os.stat(os.path.dirname(lock_path)), os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size:
        raise FileExistsError
    with contextlib.suppress(PermissionError):
        if (status.st_uid, status.st_gid) == (
            os.geteuid(),
            os.getegid(),
        ):  # new: give it to the folder's owner
            os.fchown(descriptor, folder.st_uid if os.geteuid() == 0 else -1, folder.st_gid)
    shared = bool(folder.st_mode & stat.S_IWGRP) and os.fstat(descriptor).st_gid == folder.st_gid
    mode = _OWNER | _GROUP if shared else _OWNER
    if stat.S_IMODE(status.st_mode) & ~mode:
        os.unlink(lock_path)
        return False
    if status.st_uid == os.geteuid():
        os.fchmod(descriptor, mode)  # undo the umask
    return True


def _is_locked(descriptor: int) -> bool:
    import fcntl  # noqa: PLC0415 - Windows has none

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(lock_path: str, descriptor: int) -> bool:
    """Return whether a lock file still exists; the previous run may have removed it."""
    try:
        return os.path.samestat(os.lstat(lock_path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _release(lock_path: str, descriptor: int) -> None:
    """Remove the lock file before its lock is released, so that the lock file of another run is never removed."""
    with contextlib.suppress(OSError):
        if _is_at(lock_path, descriptor):
            os.unlink(lock_path)
    os.close(descriptor)
