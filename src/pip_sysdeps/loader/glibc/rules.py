"""glibc's implementation of `LoaderRules`.

Source: ld.so(8); glibc elf/dl-load.c (_dl_map_object, open_path, open_verify, _dl_map_object_from_fd), elf/dl-deps.c,
elf/dl-open.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.loader.glibc.search import SearchContext, candidates, folders, search_path
from pip_sysdeps.loader.glibc.tokens import expand
from pip_sysdeps.loader.rules import Rejection, RejectionEffect
from pip_sysdeps.model.elf import FOLDER_LOOP, LINK_LOOP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.loader.glibc.config import LoaderConfig
    from pip_sysdeps.loader.glibc.search import Folder, SearchPath
    from pip_sysdeps.loader.rules import Candidate, LinkMap
    from pip_sysdeps.model.elf import ElfFile, OpenedFile

_ET_EXEC, _ET_DYN = 2, 3
_DF_1_NODEFLIB, _DF_1_PIE = 0x800, 0x08000000
_ABI_VERSIONS = {0: 1, 3: 4}  # System V and GNU: the first EI_ABIVERSION that is too new (glibc libc-abis)


class _Paths(NamedTuple):
    """The search paths of one object."""

    rpath: SearchPath | None
    """Its DT_RPATH, unless a DT_RUNPATH replaces it."""
    runpath: SearchPath | None
    """Its DT_RUNPATH."""


class Glibc:
    """The rules of glibc's loader under one configuration."""

    dlopen_uses_program_path = False
    """False: dlopen uses the caller's search paths."""

    def __init__(self, config: LoaderConfig) -> None:
        self._config = config
        self._paths: dict[str, _Paths] = {}
        self._library_paths: dict[str, tuple[Folder, ...]] = {}

    @property
    def default_directories(self) -> tuple[str, ...]:
        """The directories that are searched last."""
        return self._config.default_directories

    @property
    def libc_paths(self) -> tuple[str, ...]:
        """libc.so.6 in each of them."""
        return tuple([f"{folder}/libc.so.6" for folder in self._config.default_directories])

    def preloaded(self, program: ElfFile) -> str:
        """Return the loader's path: the kernel maps it together with the program."""
        return program.interpreter or ""

    def program_names(self, program: ElfFile) -> tuple[str | None, ...]:
        """Return the empty name, which is the program's, and its DT_SONAME."""
        return "", program.soname

    def expand_name(self, soname: str, requester: LinkMap | None) -> tuple[str, str]:
        """Return a needed name with its tokens replaced."""
        if "$" not in soname:
            return soname, ""
        origin = "/" if requester is None else _folder_of(requester.path)
        name = expand(soname, origin=origin, lib=self._config.lib, platform=self._config.platform)
        return ("", "empty dynamic string token substitution") if name is None else (name, "")

    def loader_of(self, name: str) -> str:  # noqa: ARG002 - the protocol
        """Return nothing: the loader is an object with names like any other."""
        return ""

    def is_known_by_name(self, name: str) -> bool:  # noqa: ARG002 - the protocol
        """Return True: paths are names, too."""
        return True

    def kernel_object_of(self, name: str) -> str:  # noqa: ARG002 - the protocol
        """Return nothing: the vDSO is not found by name."""
        return ""

    def context(self, requester: LinkMap | None, program: LinkMap | None) -> SearchContext:
        """Collect the DT_RPATHs from the object up to the program; a DT_RUNPATH of the object disables them all."""
        library_path = self._library_path("/" if program is None else _folder_of(program.path))
        if requester is None:
            return SearchContext((), (), library_path, None, no_default=False)
        chain = _chain(requester, program)
        ignores_rpath = requester.elf.runpath is not None
        rpaths = [] if ignores_rpath else [self._paths_of(each).rpath for each in chain]
        return SearchContext(
            rpaths=tuple([each for each in rpaths if each is not None]),
            ignored=tuple(
                [each.path for each in chain if each.elf.rpath and (ignores_rpath or each.elf.runpath is not None)]
            ),
            library_path=library_path,
            runpath=self._paths_of(requester).runpath,
            no_default=bool(requester.elf.flags_1 & _DF_1_NODEFLIB),
        )

    def candidates(self, name: str, context: SearchContext) -> Iterator[Candidate]:
        """Yield the paths for a name, best first."""
        return candidates(name, context, self._config)

    def judge(self, opened: OpenedFile, candidate: Candidate) -> Rejection | None:
        """Return why a file is rejected; see `judge`."""
        return judge(opened, candidate, self._config)

    def libc_at(self, path: str) -> str:  # noqa: ARG002 - the protocol
        """Return nothing: libc.so.6 is an object like any other."""
        return ""

    def loaded_names(self, needed: str, path: str, elf: ElfFile) -> tuple[str | None, ...]:
        """Return the needed name, the path and the DT_SONAME."""
        return needed, path, elf.soname

    def _library_path(self, origin: str) -> tuple[Folder, ...]:
        if origin not in self._library_paths:
            self._library_paths[origin] = folders(self._config.library_path, origin=origin, config=self._config)
        return self._library_paths[origin]

    def _paths_of(self, loaded: LinkMap) -> _Paths:
        path, elf = loaded.path, loaded.elf
        if path not in self._paths:
            origin = _folder_of(path)
            self._paths[path] = _Paths(
                rpath=search_path(
                    elf.rpath if elf.runpath is None else None, by=path, origin=origin, config=self._config
                ),
                runpath=search_path(elf.runpath, by=path, origin=origin, config=self._config),
            )
        return self._paths[path]


def _chain(requester: LinkMap, program: LinkMap | None) -> list[LinkMap]:
    """Return the object, the object that loaded it, and so on, up to the program."""
    chain: list[LinkMap] = []
    above: LinkMap | None = requester
    while above is not None:
        chain.append(above)
        above = above.parent
    return chain if program is None or chain[-1] is program else [*chain, program]


def judge(opened: OpenedFile, candidate: Candidate, config: LoaderConfig) -> Rejection | None:
    """Return why the loader rejects the file at a candidate's path, or None for a good one.

    A circular link ends the list of directories (open_path: any error except ENOENT and EACCES in an existing
    directory), unless the directory itself follows a subfolder. Source: glibc elf/dl-load.c, open_path, open_verify and
    _dl_map_object_from_fd, in their order. Debian's glibc checks the machine before the data encoding and the OS ABI
    (measured with 2.36 and 2.41), so it skips an s390x library.
    """
    elf = opened.elf
    if opened.fault in {LINK_LOOP, FOLDER_LOOP}:
        ends_list = opened.fault == LINK_LOOP and not candidate.subfolder
        return Rejection(opened.fault, RejectionEffect.SKIP_LIST if ends_list else RejectionEffect.TRY_NEXT)
    if elf is None:
        return Rejection(opened.fault)
    order = "little" if config.little_endian else "big"
    if elf.elf_class != config.elf_class:
        return Rejection("wrong ELF class", RejectionEffect.TRY_NEXT)
    if not _is_for_machine(elf, config):
        return Rejection("wrong machine", RejectionEffect.TRY_NEXT)
    checks = (
        (elf.little_endian != config.little_endian, f"ELF file data encoding not {order}-endian"),
        (elf.os_abi not in _ABI_VERSIONS, "ELF file OS ABI invalid"),
        (elf.abi_version >= _ABI_VERSIONS.get(elf.os_abi, 256), "ELF file ABI version invalid"),
        (elf.type not in {_ET_EXEC, _ET_DYN}, "only ET_DYN and ET_EXEC can be loaded"),
        (opened.fault, opened.fault),
        (elf.type == _ET_EXEC, "cannot dynamically load executable"),
        (not elf.dynamic, "object file has no dynamic section"),
        (elf.flags_1 & _DF_1_PIE, "cannot dynamically load position-independent executable"),
    )
    return next((Rejection(reason) for wrong, reason in checks if wrong), None)


def _is_for_machine(elf: ElfFile, config: LoaderConfig) -> bool:
    """Compare e_machine as the loader does, ignoring the file's data encoding."""
    swapped = elf.machine >> 8 | (elf.machine & 0xFF) << 8
    machine = elf.machine if elf.little_endian == config.little_endian else swapped
    mask, value = config.header_flags
    return machine == config.machine and elf.header_flags & mask == value


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0] or "/"
