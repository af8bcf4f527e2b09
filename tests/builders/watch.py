"""A watch on a folder that hears from the kernel what is opened in it, however its path was given."""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OPEN = 0x20
"""IN_OPEN of inotify(7): a file was opened, or a folder to be listed; not with O_PATH, which reads nothing."""
_EVENT = struct.Struct("iIII")
_ROOM = 1 << 16


class Watch:
    """Notes each file and folder below a folder that any process opens."""

    def __init__(self, folder: Path) -> None:
        """Watch a folder, and those that are below it now."""
        libc = ctypes.CDLL(None, use_errno=True)
        self._queue = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._queue >= 0, os.strerror(ctypes.get_errno())
        folders = [os.path.realpath(place) for place, _, _ in os.walk(folder)]
        self._folders = {libc.inotify_add_watch(self._queue, os.fsencode(place), _OPEN): place for place in folders}

    def opened(self) -> list[str]:
        """Return what was opened since the last call, in order."""
        opened = []
        while content := self._read():
            start = 0
            while start < len(content):
                number, _, _, size = _EVENT.unpack_from(content, start)
                start += _EVENT.size
                name = content[start : start + size].rstrip(b"\0")
                start += size
                opened.append(os.path.join(self._folders[number], os.fsdecode(name)).rstrip("/"))
        return opened

    def close(self) -> None:
        """End the watch."""
        os.close(self._queue)

    def _read(self) -> bytes:
        try:
            return os.read(self._queue, _ROOM)
        except BlockingIOError:
            return b""
