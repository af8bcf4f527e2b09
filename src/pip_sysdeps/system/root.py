"""Files inside a root: every path is resolved inside it, links included."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from typing import TYPE_CHECKING, BinaryIO

from pip_sysdeps.errors import SysdepsError, reading_hint
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
        """Read at an offset, on a system (Windows) that has no such call."""
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.read(descriptor, size)


_MAX_LINKS = 40
"""As Linux: path_resolution(7)."""
_LARGE = 16 << 20
_MOST_COMPRESSED = 64
"""The largest allowed ratio of a large file's size to its disk usage: no real text or database compresses better."""


class Root:
    """A folder treated as `/`: this machine, an unpacked image, or a chroot.

    Paths are strings as in `model`: absolute, relative to the root. Links, absolute or relative, and `..` never lead
    out of the folder: they stop at its top, as with chroot(2), and magic links of /proc are treated as plain text.
    Renaming folders during a read can change what is found, but never lead outside the root: see `system.disk`. Each
    folder is resolved
    once.
    """

    may_fork = True
    """Whether a process and its fork may read it at the same time."""

    def __init__(self, directory: str = "/", *, disk: Disk | None = None) -> None:
        """Open a folder of this machine, or use the disk of another root of it.

        Raise SysdepsError if it is not a folder.
        """
        if not os.path.isdir(directory):
            raise SysdepsError(f"`{directory}` is not a folder", hint="name an unpacked image or a chroot")
        self.directory = _canonical(directory)
        self.disk = disk or _opened(self.directory)
        self._folders: dict[str, str | None] = {"/": "/"}

    def shown(self, path: str) -> str:
        """Return a path for messages."""
        return path

    def resolve(self, path: str) -> str | None:
        """Return the path with every link followed inside the root, or None if it leads nowhere (a link loop too).

        Raise OSError (EACCES) for a folder that may not be searched.
        """
        return _unless_circular(self.follow, path)

    def follow(self, path: str) -> str | None:
        """Return as `resolve`, but raise OSError (ELOOP) for links that lead in a circle."""
        folder, _, name = path.rpartition("/")
        real = self._folder(folder)
        return None if real is None else self._walk(real, [name])

    def resolve_folder_of(self, path: str) -> str | None:
        """Return the path with the links of its folder followed and its last name kept (lstat's view)."""
        folder, _, name = path.rstrip("/").rpartition("/")
        real = _unless_circular(self._folder, folder)
        return None if real is None or name in {"", ".", ".."} else posixpath.join(real, name)

    def status(self, path: str) -> os.stat_result | None:
        """Return lstat(2) of what the resolved path names, or None."""
        real = self.resolve(path)
        try:
            return None if real is None else self.disk.status(real)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def identity(self, path: str) -> tuple[int, int] | None:
        """Return device and inode of a path's target, or None."""
        status = self.status(path)
        return None if status is None else (status.st_dev, status.st_ino)

    def identify(self, real: str, status: os.stat_result) -> tuple[int, int]:  # noqa: ARG002 - for other trees
        """Return the identity of a file, from the status of its open descriptor."""
        return status.st_dev, status.st_ino

    def is_file(self, path: str) -> bool:
        """Return whether the path leads to a regular file."""
        status = self.status(path)
        return status is not None and stat.S_ISREG(status.st_mode)

    def is_folder(self, path: str) -> bool:
        """Return whether the path leads to a folder."""
        status = self.status(path)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def read_link(self, path: str) -> str | None:
        """Return the text of the link at this path, or None if it is not a link."""
        place = self.resolve_folder_of(path)
        return (None if place is None else self._link_text(place)) or None

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted; empty if it is not a folder."""
        real = _unless_circular(self._folder, folder)
        if real is None:
            return []
        try:
            return sorted(self.disk.list(real))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def scan_resolved(self, real: str) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        """Return os.scandir's entries of a folder by a path that is resolved already (from walking real folders).

        Their `path` is not usable; call their methods before the context ends.
        """
        return self.disk.scan(real)

    def open(self, path: str) -> int:
        """Open a regular file for reading and return its descriptor.

        Raise OSError as open(2) does; a device, a pipe or a folder is EINVAL, and is never opened for real.
        """
        real = self.follow(path)
        if real is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self.open_resolved(real)

    def open_file(self, path: str) -> BinaryIO:
        """Open a regular file for reading as a stream; raise OSError as `open` does."""
        return os.fdopen(self.open(path), "rb")

    def open_resolved(self, real: str) -> int:
        """Open a regular file by a path that is resolved already (from `resolve`, or from walking real folders)."""
        return self.disk.open_file(real)

    def read(self, path: str, limit: int) -> bytes:
        """Return the file's bytes.

        Raise OSError as `open` does, and EFBIG for a file with more than `limit` bytes.
        """
        with os.fdopen(self.open(path), "rb") as file:
            size = _readable(file.fileno(), path)
            content = _read_now(file, size + 1) if size <= limit else b""
            if len(content) > size:  # files of /proc show no size
                content += _read_now(file, limit + 1 - len(content))
        if max(size, len(content)) > limit:
            raise OSError(errno.EFBIG, f"Larger than {limit} bytes", path)
        return content

    def read_resolved(self, real: str, limit: int) -> bytes:
        """Return the first bytes of a regular file, by a path that is resolved already; raise OSError as `open` does.

        It allocates no more than the file's size, because an environment has ten thousand files.
        """
        descriptor = self.open_resolved(real)
        try:
            return os.read(descriptor, min(_readable(descriptor, real), limit))
        finally:
            os.close(descriptor)

    def _folder(self, folder: str) -> str | None:
        """Resolve a folder, remembering it."""
        if folder not in self._folders:
            self._folders[folder] = self._walk("/", folder.split("/"))
        return self._folders[folder]

    def _walk(self, start: str, names: list[str]) -> str | None:
        """Follow names from a resolved folder as path_resolution(7) has it, with `..` and links ending at the top."""
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
        """Return the text of a link, nothing if it is not a link, or None if nothing is there."""
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


def _opened(directory: str) -> Disk:
    """Open a folder as a root. Raise SysdepsError where that fails: it is gone, or too many files are open."""
    try:
        return disk_below(directory)
    except OSError as error:
        hint = reading_hint(error, "run it as a user who can read it")
        raise SysdepsError(f"cannot open `{directory}`: {error.strerror}", hint=hint) from error


def _unless_circular(follow: Callable[[str], str | None], path: str) -> str | None:
    """Return the target of a path, or None for circular links."""
    try:
        return follow(path)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        return None


def _readable(descriptor: int, path: str) -> int:
    """Return the size of an open file. Raise OSError (EFBIG) for a large file that is mostly holes.

    Block counts may be missing or reflect compression, so the file system must also report a hole.
    """
    status = os.fstat(descriptor)
    blocks = getattr(status, "st_blocks", status.st_size)
    if status.st_size > _LARGE and blocks * 512 * _MOST_COMPRESSED < status.st_size:
        hole = os.lseek(descriptor, 0, os.SEEK_HOLE)
        os.lseek(descriptor, 0, os.SEEK_SET)
        if hole < status.st_size:
            raise OSError(errno.EFBIG, "Mostly holes", path)
    return status.st_size


def _read_now(file: BinaryIO, size: int) -> bytes:
    """Read bytes that are there. Raise OSError (EAGAIN) where a read would have to wait, as of /proc/kmsg."""
    content: bytes | None = file.read(size)
    if content is None:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return content


def _canonical(directory: str) -> str:
    """Return the real path of a folder of this machine, or the path as it is where it leads through a magic link.

    /proc/PID/root of a process in a container shows `/`, which is this machine's. Source: proc(5).
    """
    real = os.path.realpath(directory)
    try:
        same = os.path.samestat(os.stat(real), os.stat(directory))
    except FileNotFoundError:
        same = False
    return real if same else os.path.abspath(directory)
