"""A virtual tree with the files of wheels, as if they were installed."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
import struct
import tempfile
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

try:
    from lzma import LZMAError
except ImportError:  # a Python without it cannot unpack such members either
    LZMAError = BadZipFile  # type: ignore[misc,assignment]

from dataclasses import dataclass
from types import MappingProxyType

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ELF = b"\x7fELF"
_HEAD = 4 << 20
"""Limit on the bytes of a file that is not ELF; readers use fewer."""
_BLOCK = 256 << 10
_MIN_UNPACKED = 128 << 20
_MAX_RATIO = 50
"""Limits on unpacked bytes: in total, and per byte of a wheel. Libraries compress to a third."""
WHEEL_ERRORS = (
    BadZipFile,
    zlib.error,
    LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""Exceptions of zipfile for a member that is damaged, encrypted, or compressed in an unknown way."""
DATA_ERRNOS = (None, errno.EINVAL)
"""`errno` of OSErrors for invalid data: from bz2, and for a negative seek."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of a wheel."""

    archive: ZipFile
    """The wheel."""
    name: str
    """The file's name in it."""
    size: int
    """Bytes, as the wheel says."""

    @property
    def wheel(self) -> str:
        """Return the file name of the wheel."""
        return os.path.basename(self.archive.filename or "")

    def open(self) -> IO[bytes]:
        """Open it from its start."""
        return self.archive.open(self.name)


class WheelTree(Root):
    """A root with only the files of wheels, without links.

    An ELF file is unpacked when it is opened, into an unnamed temporary file that disappears with its descriptor.
    """

    may_fork = False
    """A fork shares the position in each open wheel with its parent, so reads would interfere."""

    def __init__(self, names: Mapping[str, str] = MappingProxyType({})) -> None:
        """Create an empty tree; `names` has the names of some paths for messages."""
        super().__init__()
        self._names = names
        self._files: dict[str, Member | bytes] = {}
        self._numbers: dict[str, int] = {}
        self._left = _MIN_UNPACKED
        self._content: dict[str, dict[str, bool]] = {"/": {}}
        """Folder -> its names, and whether each is a folder."""

    def allow(self, size: int) -> None:
        """Allow a wheel of this size to be unpacked several times, because each query of a file unpacks it again."""
        self._left += size * _MAX_RATIO

    def add(self, path: str, content: Member | bytes) -> bool:
        """Add a file at a normalized path; return False if it exists already."""
        if path in self._files:
            return False
        self._files[path] = content
        self._numbers[path] = len(self._numbers) + 1
        folder, _, name = path.rpartition("/")
        self._folder_at(folder or "/")[name] = False
        return True

    def display_path(self, path: str) -> str:
        """Return the wheel of a file, and the file's name in it."""
        member = self._files.get(path)
        return f"{member.wheel}: {member.name}" if isinstance(member, Member) else self._names.get(path, path)

    def follow(self, path: str) -> str | None:
        """Return the path without `.` and `..`, or None if it does not exist."""
        current = "/"
        for name in path.split("/"):
            if name in {"", "."}:
                continue
            if current not in self._content:
                return None
            current = posixpath.dirname(current) if name == ".." else posixpath.join(current, name)
        return current if current in self._files or current in self._content else None

    def resolve_folder_of(self, path: str) -> str | None:
        """Return the path with its folder resolved."""
        folder, _, name = path.rstrip("/").rpartition("/")
        real = self.resolve(folder or "/")
        return None if real is None or name in {"", ".", ".."} else posixpath.join(real, name)

    def status(self, path: str) -> os.stat_result | None:
        """Return kind and size of a path, or None."""
        real = self.resolve(path)
        if real is None:
            return None
        content = self._files.get(real, b"")
        mode = stat.S_IFREG | 0o755 if real in self._files else stat.S_IFDIR | 0o755
        size = content.size if isinstance(content, Member) else len(content)
        return os.stat_result((mode, self._numbers.get(real, 0), 0, 1, 0, 0, size, 0, 0, 0))

    def identify(self, real: str, status: os.stat_result) -> tuple[int, int]:  # noqa: ARG002 - a temporary file's
        """Return the identity of a file."""
        return 0, self._numbers[real]

    def read_link(self, path: str) -> str | None:  # noqa: ARG002 - there are no links
        """Return None."""
        return None

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted; empty if it is not a folder."""
        return sorted(self._content.get(self.resolve(folder) or "", ()))

    @contextmanager
    def scan_resolved(self, real: str) -> Iterator[Iterator[_Entry]]:  # type: ignore[override] # the used part of os.DirEntry
        """Yield the entries of a folder."""
        if real not in self._content:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), real)
        yield (_Entry(name, is_folder=is_folder) for name, is_folder in self._content[real].items())

    def open_resolved(self, real: str) -> int:
        """Open a file and return a descriptor; a file that is not ELF is cut at 4 MiB.

        Raise SysdepsError for a file that cannot be unpacked, because its wheel is damaged.
        """
        content = self._files.get(real)
        if content is None:
            raise OSError(errno.EINVAL, "Not a regular file", real)
        with tempfile.TemporaryFile() as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                self._unpack(content, file)
            file.flush()
            os.lseek(file.fileno(), 0, os.SEEK_SET)
            return os.dup(file.fileno())

    def read(self, path: str, limit: int) -> bytes:
        """Return a file's bytes. Raise OSError as Root does, and SysdepsError for a damaged wheel."""
        real = self.resolve(path)
        content = self._files.get(real or "")
        if content is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        if isinstance(content, Member):
            with _member_errors(content), content.open() as stream:
                content = self._count(content, stream.read(limit + 1))
        if len(content) > limit:
            raise OSError(errno.EFBIG, f"Larger than {limit} bytes", path)
        return content

    def _unpack(self, member: Member, file: IO[bytes]) -> None:
        with _member_errors(member), member.open() as stream:
            head = self._count(member, stream.read(_HEAD))
            file.write(head)
            while head.startswith(_ELF) and (block := self._count(member, stream.read(_BLOCK))):
                file.write(block)

    def _count(self, member: Member, content: bytes) -> bytes:
        """Return unpacked bytes. Raise SysdepsError if a wheel unpacks to far more than its size."""
        self._left -= len(content)
        if self._left < 0:
            raise SysdepsError(
                f"`{member.wheel}` unpacks to far more than its size: stopped at `{member.name}`",
                hint="do not install it; download or build it again",
            )
        return content

    def _folder_at(self, folder: str) -> dict[str, bool]:
        """Return the names in a folder, which is created with its parents."""
        if folder not in self._content:
            self._content[folder] = {}
            self._numbers[folder] = len(self._numbers) + 1
            above, _, name = folder.rpartition("/")
            self._folder_at(above or "/")[name] = True
        return self._content[folder]


class _Entry:
    """The part of os.DirEntry that a walk uses."""

    def __init__(self, name: str, *, is_folder: bool) -> None:
        self.name = name
        self._is_folder = is_folder

    def is_file(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002 - as os.DirEntry
        return not self._is_folder

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002 - as os.DirEntry
        return self._is_folder


@contextmanager
def _member_errors(member: Member) -> Iterator[None]:
    """Convert an exception of zipfile into an error."""
    try:
        yield
    except (*WHEEL_ERRORS, OSError) as error:
        if isinstance(error, OSError) and error.errno not in DATA_ERRNOS:
            raise
        raise SysdepsError(
            f"`{member.wheel}` is damaged: `{member.name}` cannot be unpacked: {error}",
            hint="download or build it again",
        ) from error
