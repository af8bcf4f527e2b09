"""Read regular files of this machine within limits; devices and pipes are refused without waiting."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def open_without_waiting(path: str) -> BinaryIO:
    """Open a file of any kind for reading, without waiting for the writer of a pipe. Raise OSError as open(2) does."""
    return open(path, "rb", opener=lambda path, flags: os.open(path, flags | _FLAGS))


def open_regular(path: str) -> BinaryIO:
    """Open a regular file for reading. Raise OSError as open(2) does, and EINVAL for other files and folders."""
    return open(path, "rb", opener=_open)


def _open(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | _FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "Not a regular file", path)
    return descriptor


def read_regular(path: str, limit: int) -> bytes:
    """Return the bytes of a regular file.

    Raise OSError as `open_regular` does, EFBIG for a file of more than `limit` bytes, and EAGAIN if a read would block
    (/proc/kmsg).
    """
    with open_regular(path) as file:
        content: bytes | None = file.read(limit + 1)
    if content is None:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN), path)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"Larger than {limit} bytes", path)
    return content
