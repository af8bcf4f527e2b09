"""Read files inside a root: every path and link is resolved inside it."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from typing import TYPE_CHECKING, BinaryIO

from pip_sysdeps.errors import SysdepsError, reading_hint, unreadable
from pip_sysdeps.system.disk import disk_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from pip_sysdeps.system.disk import Disk

if hasattr(os, "pread"):
    pread = os.pread
else:

    def pread(descriptor: int, size: int, offset: int) -> bytes:
        """Read at an offset, for Windows, which does not have this call."""
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.read(descriptor, size)


_MAX_LINKS = 40
"""Limit on the links of a path, as in Linux. Source: path_resolution(7)."""
_LARGE_FILE = 16 << 20
_MAX_COMPRESSION = 64
"""Limit on the ratio of a large file's size to its disk usage: no real text or database compresses better."""


class Root:
    """A folder treated as `/`: this machine, an unpacked image, or a chroot.

    Paths are strings as in `model`: absolute, relative to the root. Links, absolute or relative, and `..` never lead
    out of the folder: they stop at its top, as with chroot(2), and magic links of /proc are treated as plain text.
    Renaming folders during a read can change what is found, but never lead outside the root: see `system.disk`. Each
    folder is resolved only once.
    """

    may_fork = True
    """Whether a process and its fork may read the root at the same time."""

    def __init__(self, directory: str = "/", *, disk: Disk | None = None) -> None:
        """Open a folder of this machine, or use the disk of another root of the same folder.

        Raise SysdepsError if it is not a folder.
        """
        if not os.path.isdir(directory):
            raise SysdepsError(f"`{directory}` is not a folder", hint="name an unpacked image or a chroot")
        self.directory = _canonical(directory)
        self.disk = disk or _open_disk(self.directory)
        self._folders: dict[str, str | None] = {"/": "/"}

    def display_path(self, path: str) -> str:
        """Return a path for messages."""
        return path

    def resolve(self, path: str) -> str | None:
        """Return the path with every link followed inside the root; None if it does not exist or links are circular.

        Raise OSError (EACCES) for a folder that may not be searched.
        """
        return _none_if_circular(self.follow, path)

    def follow(self, path: str) -> str | None:
        """Return the path as `resolve` does, but raise OSError (ELOOP) for circular links."""
        folder, _, name = path.rpartition("/")
        real = self._folder(folder)
        return None if real is None else self._walk(real, [name])

    def resolve_folder_of(self, path: str) -> str | None:
        """Return the path with the links of its folder followed and its last name kept (lstat's view)."""
        folder, _, name = path.rstrip("/").rpartition("/")
        real = _none_if_circular(self._folder, folder)
        return None if real is None or name in {"", ".", ".."} else posixpath.join(real, name)

    def status(self, path: str) -> os.stat_result | None:
        """Return lstat(2) of the resolved path; None if it does not exist."""
        real = self.resolve(path)
        try:
            return None if real is None else self.disk.status(real)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def identity(self, path: str) -> tuple[int, int] | None:
        """Return device and inode of the resolved path; None if it does not exist."""
        status = self.status(path)
        return None if status is None else (status.st_dev, status.st_ino)

    def identify(self, real: str, status: os.stat_result) -> tuple[int, int]:  # noqa: ARG002 - for other trees
        """Return the identity of a file, from the status of its open descriptor."""
        return status.st_dev, status.st_ino

    def is_file(self, path: str) -> bool:
        """Return whether the resolved path is a regular file."""
        status = self.status(path)
        return status is not None and stat.S_ISREG(status.st_mode)

    def is_folder(self, path: str) -> bool:
        """Return whether the resolved path is a folder."""
        status = self.status(path)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def read_link(self, path: str) -> str | None:
        """Return the text of the link at a path; None if it is not a link."""
        place = self.resolve_folder_of(path)
        return (None if place is None else self._link_text(place)) or None

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted; empty if it is not a folder."""
        real = _none_if_circular(self._folder, folder)
        if real is None:
            return []
        try:
            return sorted(self.disk.list(real))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def scan_resolved(self, real: str) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        """Return os.scandir's entries of a folder by a resolved path (from `resolve`, or from walking real folders).

        Their `path` is not usable; call their methods before the context ends.
        """
        return self.disk.scan(real)

    def open(self, path: str) -> int:
        """Open a regular file for reading and return its descriptor.

        Raise OSError as open(2) does, and EINVAL for a device, pipe or folder, which is not opened.
        """
        real = self.follow(path)
        if real is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self.open_resolved(real)

    def open_file(self, path: str) -> BinaryIO:
        """Open a regular file for reading as a stream; raise OSError as `open` does."""
        return os.fdopen(self.open(path), "rb")

    def open_resolved(self, real: str) -> int:
        """Open a regular file by a resolved path (from `resolve`, or from walking real folders)."""
        return self.disk.open_file(real)

    def read(self, path: str, limit: int) -> bytes:
        """Return the file's bytes.

        Raise OSError as `open` does, and EFBIG for a file of more than `limit` bytes.
        """
        with os.fdopen(self.open(path), "rb") as file:
            size = _readable_size(file.fileno(), path)
            content = _read_without_waiting(file, size + 1) if size <= limit else b""
            if len(content) > size:  # files of /proc have size 0
                content += _read_without_waiting(file, limit + 1 - len(content))
        if max(size, len(content)) > limit:
            raise OSError(errno.EFBIG, f"Larger than {limit} bytes", path)
        return content

    def read_required(self, path: str, limit: int, what: str = "") -> bytes:
        """Return the bytes of a file that is needed. Raise SysdepsError, with `what` before its path, if that fails."""
        try:
            return self.read(path, limit)
        except OSError as error:
            raise unreadable(f"{what} `{path}`".lstrip(), error) from error

    def read_resolved(self, real: str, limit: int) -> bytes:
        """Return the first `limit` bytes of a regular file by a resolved path; raise OSError as `open` does.

        No more than the file's size is allocated, because an environment may have ten thousand files.
        """
        descriptor = self.open_resolved(real)
        try:
            return os.read(descriptor, min(_readable_size(descriptor, real), limit))
        finally:
            os.close(descriptor)

    def _folder(self, folder: str) -> str | None:
        """Resolve a folder and remember the result."""
        if folder not in self._folders:
            self._folders[folder] = self._walk("/", folder.split("/"))
        return self._folders[folder]

    def _walk(self, start: str, names: list[str]) -> str | None:
        """Follow names from a resolved folder as in path_resolution(7); `..` and links stop at the top."""
        current, links, pending = start, 0, names[::-1]
        while pending:
            name = pending.pop()
            if name in {"", "."}:
                continue
            if name == "..":
                if not self._is_real_folder(current):
                    return None
                current = posixpath.dirname(current)
                continue
            place = f"{current}/{name}" if current != "/" else f"/{name}"
            target = self._link_text(place)
            if target is None:
                return None
            if not target:
                current = place
                continue
            links += 1
            if links > _MAX_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), place)
            current = "/" if target.startswith("/") else current
            pending += target.split("/")[::-1]
        return current

    def _link_text(self, place: str) -> str | None:
        """Return the text of a link; empty for a file that is not a link, None for a missing file."""
        try:
            return self.disk.read_link(place)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        except OSError as error:
            if error.errno == errno.EINVAL:
                return ""
            if error.errno == errno.ENAMETOOLONG:
                return None
            raise

    def _is_real_folder(self, place: str) -> bool:
        return stat.S_ISDIR(self.disk.status(place).st_mode)


def _open_disk(directory: str) -> Disk:
    """Open a folder as a root. Raise SysdepsError if it is missing, or too many files are open."""
    try:
        return disk_below(directory)
    except OSError as error:
        hint = reading_hint(error, "run it as a user who can read it")
        raise SysdepsError(f"cannot open `{directory}`: {error.strerror}", hint=hint) from error


def _none_if_circular(follow: Callable[[str], str | None], path: str) -> str | None:
    """Return the target of a path; None for circular links."""
    try:
        return follow(path)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        return None


def _readable_size(descriptor: int, path: str) -> int:
    """Return the size of an open file. Raise OSError (EFBIG) for a large file that is mostly holes.

    Block counts may be missing or reflect compression, so the file system must also report a hole.
    """
    status = os.fstat(descriptor)
    blocks = getattr(status, "st_blocks", status.st_size)
    if status.st_size > _LARGE_FILE and blocks * 512 * _MAX_COMPRESSION < status.st_size:
        hole = os.lseek(descriptor, 0, os.SEEK_HOLE)
        os.lseek(descriptor, 0, os.SEEK_SET)
        if hole < status.st_size:
            raise OSError(errno.EFBIG, "Mostly holes", path)
    return status.st_size


def _read_without_waiting(file: BinaryIO, size: int) -> bytes:
    """Read bytes without waiting. Raise OSError (EAGAIN) if a read would block, as with /proc/kmsg."""
    content: bytes | None = file.read(size)
    if content is None:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return content


def _canonical(directory: str) -> str:
    """Return the real path of a folder of this machine, or the path itself if it has a magic link.

    /proc/PID/root of a process in a container reads as `/`, which would be the root of this machine. Source: proc(5).
    """
    real = os.path.realpath(directory)
    try:
        same = os.path.samestat(os.stat(real), os.stat(directory))
    except FileNotFoundError:
        same = False
    return real if same else os.path.abspath(directory)
