"""Make the system calls that read a root: by whole paths, or folder by folder from a descriptor of its top."""

from __future__ import annotations

import errno
import gc
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

_T = TypeVar("_T")

_MAX_OPEN = 32
"""Limit on the folders that are kept open; lower if an eighth of the allowed descriptors is less."""
_MAX_PATH = 4096
"""Limit on the length of a path: PATH_MAX of Linux."""

_UNRESOLVED_NAMES = {"", ".", ".."}
"""Names that a resolved path cannot have."""


class Disk:
    """Reads by whole paths, in which the kernel follows links: for this machine.

    Paths are resolved, absolute, and relative to the root. Every call raises OSError as the system call does, with the
    path on this machine as its `filename`.
    """

    def __init__(self, prefix: str = "") -> None:
        """Read below a folder of this machine; `prefix` is put before each path."""
        self._prefix = prefix

    def status(self, real: str) -> os.stat_result:
        """Return lstat(2) of a path."""
        return os.lstat(self._prefix + real)

    def read_link(self, real: str) -> str:
        """Return the text of a link; EINVAL for anything else."""
        return os.readlink(self._prefix + real)

    def open_file(self, real: str) -> int:
        """Open a regular file for reading and return its descriptor.

        Raise OSError: ELOOP for a link, EINVAL for a folder, pipe or device, which is not opened because that could
        block.
        """
        place = self._prefix + real
        _require_regular(os.lstat(place))
        return os.open(place, _read_flags())

    def list(self, real: str) -> list[str]:
        """Return the names in a folder, in any order."""
        return os.listdir(self._prefix + real)

    def scan(self, real: str) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        """Return a context manager with the entries of a folder; their `path` is not usable."""
        return os.scandir(self._prefix + real)


class ConfinedDisk(Disk):
    """Reads below a folder and never outside it, even while folders are renamed or replaced by links.

    Each folder is opened by its name in its parent, by openat(2) with O_NOFOLLOW; a link in the path raises ENOTDIR.
    `Root` resolves links before. Some folders are kept open for the next call; they close with this object.
    """

    def __init__(self, top: str) -> None:
        """Open the folder at the top, by its path on this machine."""
        super().__init__(top)
        self._open: dict[str, int] = {}
        self._most = max(1, min(_MAX_OPEN, os.sysconf("SC_OPEN_MAX") // 8))
        self._top = self._with_descriptor(lambda: os.open(top, _path_flags() & ~os.O_NOFOLLOW))

    def __del__(self) -> None:
        """Close every folder."""
        for descriptor in self._open.values():
            os.close(descriptor)
        if hasattr(self, "_top"):
            os.close(self._top)

    def status(self, real: str) -> os.stat_result:
        """Return fstatat(2) of a path."""
        try:
            name, folder = self._place(real)
            return os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            error.filename = self._prefix + real
            raise

    def read_link(self, real: str) -> str:
        """Return the text of a link, by readlinkat(2)."""
        try:
            name, folder = self._place(real)
            return os.readlink(name, dir_fd=folder)
        except OSError as error:
            error.filename = self._prefix + real
            raise

    def open_file(self, real: str) -> int:
        """Open a regular file, as `Disk` does."""
        try:
            name, folder = self._place(real)
            _require_regular(os.stat(name, dir_fd=folder, follow_symlinks=False))
            return self._open_at(name, _read_flags(), folder)
        except OSError as error:
            error.filename = self._prefix + real
            raise

    def list(self, real: str) -> list[str]:
        """Return the names in a folder, in any order."""
        descriptor = self._open_to_list(real)
        try:
            return self._with_descriptor(lambda: os.listdir(descriptor))
        finally:
            os.close(descriptor)

    @contextmanager
    def scan(self, real: str) -> Iterator[Iterator[os.DirEntry[str]]]:
        """Yield the entries of a folder."""
        descriptor = self._open_to_list(real)
        try:
            with self._with_descriptor(lambda: os.scandir(descriptor)) as entries:
                yield entries
        finally:
            os.close(descriptor)

    def _open_to_list(self, real: str) -> int:
        """Open a folder to list it, since the position of a descriptor that is kept open is shared with forks."""
        try:
            name, folder = self._place(real)
            return self._open_at(name, _list_flags(), folder)
        except OSError as error:
            error.filename = self._prefix + real
            raise

    def _place(self, real: str) -> tuple[str, int]:
        """Return the last name of a path, and the descriptor of its folder, valid until the next call."""
        folder, _, name = real.rpartition("/")
        descriptor = self._open.get(folder)
        if descriptor is None:
            descriptor = self._descend(folder)
        return "." if name in _UNRESOLVED_NAMES else name, descriptor

    def _descend(self, folder: str) -> int:
        """Open a folder and its parents from the nearest open one; close the oldest ones if there are too many."""
        if len(folder) >= _MAX_PATH:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), folder)
        parent, names = folder, []
        while parent and parent not in self._open:
            parent, _, name = parent.rpartition("/")
            names.append(name)
        descriptor = self._open[parent] if parent else self._top
        while names:
            name = names.pop()
            parent = f"{parent}/{name}"
            descriptor = self._open_at("." if name in _UNRESOLVED_NAMES else name, _path_flags(), descriptor)
            self._open[parent] = descriptor
            if len(self._open) > self._most:
                self._close_oldest(descriptor)
        return descriptor

    def _open_at(self, name: str, flags: int, folder: int) -> int:
        """Open a name in a folder by openat(2)."""
        return self._with_descriptor(lambda: os.open(name, flags, dir_fd=folder), folder)

    def _with_descriptor(self, call: Callable[[], _T], folder: int = -1) -> _T:
        """Make a call that needs a descriptor; if none is left, close folders, except the one that the call needs.

        Unused roots keep their descriptors until Python collects reference cycles; that is forced as the last resort.
        """
        collected = False
        while True:
            try:
                return call()
            except OSError as error:  # noqa: PERF203 - seldom more than once
                if error.errno != errno.EMFILE:
                    raise
                if self._close_oldest(folder):
                    continue
                if collected:
                    raise
                gc.collect()
                collected = True

    def _close_oldest(self, needed: int) -> bool:
        """Close the folder that has been open longest; return False if only the needed folder is open."""
        oldest = next((folder for folder, descriptor in self._open.items() if descriptor != needed), None)
        if oldest is None:
            return False
        os.close(self._open.pop(oldest))
        return True


def disk_below(directory: str) -> Disk:
    """Return a disk for a folder of this machine: confined, except for `/` or on a system without openat(2)."""
    if directory == "/":
        return Disk()
    return ConfinedDisk(directory) if os.open in os.supports_dir_fd else Disk(directory)


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.ELOOP if stat.S_ISLNK(status.st_mode) else errno.EINVAL, "Not a regular file")


def _read_flags() -> int:
    return os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def _list_flags() -> int:
    return os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def _path_flags() -> int:
    """Return the flags to open a folder of a path; O_PATH does not need permission to list it."""
    return _list_flags() | getattr(os, "O_PATH", 0)
