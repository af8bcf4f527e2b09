"""musl's implementation of `LoaderRules`.

Source: musl ldso/dynlink.c, load_library, load_direct_deps, map_library, __dls3 and dlopen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.loader.musl.search import MAX_NAME, SearchPath, candidates, search_path
from pip_sysdeps.loader.rules import Rejection
from pip_sysdeps.model.elf import FOLDER_LOOP, LINK_LOOP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.loader.musl.config import MuslConfig
    from pip_sysdeps.loader.rules import Candidate, LinkMap
    from pip_sysdeps.model.elf import ElfFile, OpenedFile

_VDSO = "linux-gate.so.1"
"""The name of the vDSO, which is loaded once the program has started (__dls3)."""
_RESERVED = tuple(f"lib{name}." for name in ("c", "pthread", "rt", "m", "dl", "util", "xnet"))
_ET_EXEC, _ET_DYN = 2, 3


class Musl:
    """The rules of musl's loader under one configuration."""

    dlopen_uses_program_path = True
    """True: dlopen uses the program's search paths, whichever object calls it."""

    def __init__(self, config: MuslConfig) -> None:
        self._config = config

    @property
    def default_directories(self) -> tuple[str, ...]:
        """The directories that are searched last."""
        return self._config.directories

    @property
    def libc_paths(self) -> tuple[str, ...]:
        """The loader, which is the C library."""
        return (self._config.interpreter,)

    def preloaded(self, program: ElfFile) -> str:  # noqa: ARG002 - the protocol
        """Return nothing: `loader_of` knows the loader's names."""
        return ""

    def program_names(self, program: ElfFile) -> tuple[str | None, ...]:  # noqa: ARG002 - the protocol
        """Return nothing: the program is never used as a library."""
        return ()

    def expand_name(self, soname: str, requester: LinkMap | None) -> tuple[str, str]:  # noqa: ARG002 - the protocol
        """Return a needed name unchanged: musl has no tokens in names."""
        if not soname:
            return soname, "an empty name"
        if "/" in soname or self.loader_of(soname) or len(soname.encode("utf-8", "surrogateescape")) <= MAX_NAME:
            return soname, ""
        return soname, f"longer than {MAX_NAME} bytes"

    def loader_of(self, name: str) -> str:
        """Return the loader's path for names of the C library, which is the loader itself: `libc.so.6` too."""
        is_loader = name.startswith(_RESERVED) or name == self._config.interpreter
        return self._config.interpreter if is_loader else ""

    def is_known_by_name(self, name: str) -> bool:
        """Return whether a name has no slash: paths are always opened."""
        return "/" not in name

    def kernel_object_of(self, name: str) -> str:
        """Return the loader's path for the name of the vDSO."""
        return self._config.interpreter if name == _VDSO else ""

    def context(self, requester: LinkMap | None, program: LinkMap | None) -> tuple[SearchPath, ...]:  # noqa: ARG002
        """Return the search path of the object, of the object that needed it, and so on, up to the program."""
        if requester is None:
            return ()
        found: list[SearchPath] = []
        ancestor: LinkMap | None = requester
        while ancestor is not None:
            if ancestor.context is not None:
                return (*found, *ancestor.context)
            own_path = search_path(ancestor.elf, ancestor.path, found_by=ancestor.found_by, relative=ancestor.relative)
            found += [] if own_path is None else [own_path]
            ancestor = ancestor.parent
        return tuple(found)

    def candidates(self, name: str, context: tuple[SearchPath, ...]) -> Iterator[Candidate]:
        """Yield the paths for a name, best first."""
        return candidates(name, context, self._config)

    def judge(self, opened: OpenedFile, candidate: Candidate) -> Rejection | None:  # noqa: ARG002 - the protocol
        """Return why a file is rejected. Any file that opens ends the search, and so does ELOOP."""
        reason = judge(opened, self._config)
        return Rejection(reason) if reason else None

    def libc_at(self, path: str) -> str:
        """Return the loader's path for an object that defines the C library's own symbols."""
        return self._config.interpreter if self._config.is_libc(path) else ""

    def loaded_names(self, needed: str, path: str, elf: ElfFile) -> tuple[str | None, ...]:  # noqa: ARG002
        """Return the file name, if a search has found the object; never a DT_SONAME."""
        return () if "/" in needed else (path.rpartition("/")[2],)


def judge(opened: OpenedFile, config: MuslConfig) -> str:
    """Return why the process cannot use a file that was opened; empty for a good one.

    Every rejection ends the search. musl itself checks only `e_type`, the program headers and PT_DYNAMIC
    (map_library, `Exec format error`): it maps an object for another machine, and the process fails later.
    """
    elf = opened.elf
    if elf is None:
        return LINK_LOOP if opened.fault == FOLDER_LOOP else opened.fault
    checks = (
        (elf.little_endian != config.little_endian, "wrong byte order"),
        (elf.type not in {_ET_EXEC, _ET_DYN}, "neither a shared object nor a program"),
        (elf.elf_class != config.elf_class, "wrong ELF class"),
        (elf.machine != config.machine, "wrong machine"),
        (opened.fault, opened.fault),
        (not elf.dynamic, "no dynamic section"),
    )
    return next((reason for wrong, reason in checks if wrong), "")
