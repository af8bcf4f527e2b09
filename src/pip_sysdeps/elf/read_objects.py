"""Read each ELF file under a root once: its facts, and the loader's error if it has one."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pip_sysdeps.elf.headers import ET_CORE, ET_REL, facts_of, load_fault, parse_header
from pip_sysdeps.elf.image import HEAD, HEADER_SIZE, MAGIC, Pread, read_image
from pip_sysdeps.elf.kinds import has_extension_tag
from pip_sysdeps.elf.symbols import defined_versions, defines_symbol
from pip_sysdeps.errors import MalformedElf
from pip_sysdeps.model.elf import FOLDER_LOOP, LINK_LOOP, ElfFile, OpenedFile
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.system.missing_names import MissingNames
from pip_sysdeps.system.root import pread

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.system.root import Root

Answer = TypeVar("Answer")


class _Reading(NamedTuple):
    """The result of reading one file."""

    opened: OpenedFile
    malformed: str
    """Why an ELF file has no facts, with the offset."""


class Objects:
    """The ELF files under a root. A file is opened once, however many paths lead to it.

    If a file changes during the run, the first result is kept.
    """

    def __init__(self, root: Root) -> None:
        self._root = root
        self._readings: dict[str, _Reading] = {}
        self._opened: dict[str, OpenedFile | None] = {}
        self._files: dict[tuple[int, int], _Reading] = {}
        self._versions: dict[str, frozenset[str] | None] = {}
        self._missing = MissingNames(root)

    def open(self, path: str) -> OpenedFile | None:
        """Open a candidate as the loader does, following links; None if it cannot be opened (ENOENT, EACCES, ...).

        A folder or device can be opened, but stops the loader; so do circular links (ELOOP). Source: glibc
        elf/dl-load.c, open_verify and open_path.
        """
        if path not in self._opened:
            folder, _, name = path.rpartition("/")
            opened = None if self._missing.has(folder, name) else self._open(path)
            if opened is None:
                self._missing.count(folder)
            self._opened[path] = opened
        return self._opened[path]

    def _open(self, path: str) -> OpenedFile | None:
        try:
            real = self._root.follow(path)
            return None if real is None else self._reading(real).opened
        except OSError as error:
            if error.errno == errno.ELOOP:
                fault = LINK_LOOP if self._root.is_folder(path.rpartition("/")[0] or "/") else FOLDER_LOOP
                return OpenedFile(identity=(0, 0), elf=None, fault=fault)
            if error.errno not in {errno.EINVAL, errno.EIO}:
                return None
            return OpenedFile(identity=self._root.identity(path) or (0, 0), elf=None, fault="cannot read file data")

    def facts(self, path: str) -> ElfFile | Skipped | None:
        """Return the facts of a file, or why it has none; None if it is not an ELF file by content and name.

        `path` must be resolved. Architecture and C library are not checked.
        """
        try:
            reading = self._reading(path)
        except OSError as error:
            return Skipped(path=path, verdict=Verdict.UNREADABLE, reason=error.strerror or str(error))
        elf = reading.opened.elf
        if reading.malformed:
            return Skipped(path=path, verdict=Verdict.MALFORMED, reason=reading.malformed)
        if elf is None:
            broken = has_extension_tag(path)
            return Skipped(path=path, verdict=Verdict.MALFORMED, reason=reading.opened.fault) if broken else None
        unused = _why_not_runtime(elf)
        return Skipped(path=path, verdict=Verdict.NOT_RUNTIME, reason=unused) if unused else elf

    def defines(self, path: str, symbol: str) -> bool:
        """Return whether a file defines a dynamic symbol; False if it cannot be read."""
        return bool(self.query(path, lambda pread, size: defines_symbol(pread, size, symbol)))

    def versions(self, path: str) -> frozenset[str] | None:
        """Return the symbol versions that a library defines; None if it has none. The result is cached."""
        real = self._root.resolve(path) or path
        if real not in self._versions:
            found = self.query(real, defined_versions)
            self._versions[real] = None if found is None else frozenset(found)
        return self._versions[real]

    def query(self, path: str, question: Callable[[Pread, int], Answer]) -> Answer | None:
        """Run a function of `elf.symbols` on an ELF file; None if it cannot be read or is malformed."""
        try:
            descriptor = self._root.open(path)
        except OSError:
            return None
        try:
            read, _ = _buffered_pread(descriptor)
            return question(read, os.fstat(descriptor).st_size)
        except (OSError, MalformedElf):
            return None
        finally:
            os.close(descriptor)

    def _reading(self, real: str) -> _Reading:
        """Read a file once. Only results for ELF files are cached: there are tens of thousands of others."""
        reading = self._readings.get(real)
        if reading is not None:
            return reading
        descriptor = self._root.open_resolved(real)
        try:
            status = os.fstat(descriptor)
            identity = self._root.identify(real, status)
            reading = self._files.get(identity) or _read(descriptor, status.st_size, identity)
        finally:
            os.close(descriptor)
        if reading.opened.elf is not None or reading.malformed:
            self._readings[real] = self._files[identity] = reading
        return reading


def _read(descriptor: int, size: int, identity: tuple[int, int]) -> _Reading:
    read, head = _buffered_pread(descriptor)
    if len(head) < HEADER_SIZE:
        fault = "file too short"
        malformed = f"offset {len(head)}: {fault}" if head.startswith(MAGIC) else ""
        return _Reading(OpenedFile(identity=identity, elf=None, fault=fault), malformed)
    if not head.startswith(MAGIC):
        return _Reading(OpenedFile(identity=identity, elf=None, fault="invalid ELF header"), "")
    fault = ""
    try:
        image = read_image(read, size)
        fault = load_fault(image)
        return _Reading(OpenedFile(identity=identity, elf=facts_of(image), fault=fault), "")
    except MalformedElf as error:
        return _Reading(OpenedFile(identity=identity, elf=parse_header(head), fault=fault or error.reason), str(error))


def _buffered_pread(descriptor: int) -> tuple[Pread, bytes]:
    """Return a function that reads an open file, and its first bytes, which the function does not read again."""
    head = pread(descriptor, HEAD, 0)

    def read(size: int, offset: int) -> bytes:
        return head[:size] if offset == 0 and size <= len(head) else pread(descriptor, size, offset)

    return read, head


def _why_not_runtime(elf: ElfFile) -> str:
    """Return why no process loads or runs a file; empty if one may."""
    if elf.type == ET_REL:
        return "a relocatable object, input of a linker"
    if elf.type == ET_CORE:
        return "a core file"
    return "a detached debug file" if elf.detached else ""
