"""Mutual exclusion of runs that change the same file, by flock(2) on an empty file beside it."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_WAIT = 20.0
"""Seconds to wait for another run; the hook's own limit is longer."""
_PAUSE = 0.02
_OWNER, _GROUP = 0o600, 0o060


@contextlib.contextmanager
def exclusive(path: str) -> Iterator[bool]:
    """Make other runs that change this file wait; yield False if another run still holds it after LONGEST_WAIT.

    flock(2) needs no permission, so the lock file can be opened only by users who may write in the folder: a reader of
    the project cannot hold it. Its holder removes it. One that a killed run left is reused, since the kernel has
    released it. Without such a file (a read-only folder, a full disk, no locks on this file system) the run continues:
    writes are atomic in any case.
    """
    descriptor, timed_out = None, False
    busy = _busy_file(path)
    try:
        descriptor = _take(busy) if busy else None
    except TimeoutError:
        timed_out = True
    except (OSError, ImportError):  # Windows has no fcntl
        pass
    try:
        yield not timed_out
    finally:
        if descriptor is not None:
            _release(busy, descriptor)


def _busy_file(path: str) -> str:
    """Return the path of the lock file; empty for a device, a folder, or a broken link."""
    real = os.path.realpath(path)
    if not os.path.isfile(real) and os.path.lexists(path):
        return ""
    folder, name = os.path.split(real)
    return os.path.join(folder, f".{name}.busy")


def _take(busy: str) -> int:
    """Return a descriptor that holds the lock. Raise TimeoutError; OSError or ImportError if that fails."""
    import fcntl  # noqa: F401, PLC0415 - Windows has neither this nor the flags below

    end = time.monotonic() + LONGEST_WAIT
    while True:
        descriptor = os.open(busy, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, _OWNER)
        try:
            if _keeps_readers_out(busy, descriptor) and _is_locked(descriptor) and _is_at(busy, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if time.monotonic() >= end:
            raise TimeoutError
        time.sleep(_PAUSE)


def _keeps_readers_out(busy: str, descriptor: int) -> bool:
    """Restrict the lock file to users who may write in its folder; remove one that others may have open.

    Raise FileExistsError for a file that is not ours: it is not regular, or not empty.
    """
    folder, status = os.stat(os.path.dirname(busy)), os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size:
        raise FileExistsError
    with contextlib.suppress(PermissionError):
        if (status.st_uid, status.st_gid) == (
            os.geteuid(),
            os.getegid(),
        ):  # new: give it to the folder's owner
            os.fchown(descriptor, folder.st_uid if os.geteuid() == 0 else -1, folder.st_gid)
    shared = bool(folder.st_mode & stat.S_IWGRP) and os.fstat(descriptor).st_gid == folder.st_gid
    wanted = _OWNER | _GROUP if shared else _OWNER
    if stat.S_IMODE(status.st_mode) & ~wanted:
        os.unlink(busy)
        return False
    if status.st_uid == os.geteuid():
        os.fchmod(descriptor, wanted)  # undo the umask
    return True


def _is_locked(descriptor: int) -> bool:
    import fcntl  # noqa: PLC0415 - Windows has none

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(busy: str, descriptor: int) -> bool:
    """Return whether a lock file still exists: its last holder may have removed it."""
    try:
        return os.path.samestat(os.lstat(busy), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _release(busy: str, descriptor: int) -> None:
    """Remove the lock file while it is still held, so that the next run's is not removed."""
    with contextlib.suppress(OSError):
        if _is_at(busy, descriptor):
            os.unlink(busy)
    os.close(descriptor)
