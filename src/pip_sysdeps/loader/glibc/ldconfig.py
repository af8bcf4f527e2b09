"""The current ld.so.cache, and the one that ldconfig(8) would write now, without computing all of it.

apt's trigger runs ldconfig when a package changes a library directory, so a release image has a new cache. Source:
glibc elf/ldconfig.c, search_dir and create_links; elf/readlib.c; elf/dl-is_dso.h.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from weakref import proxy

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.loader.glibc.read_conf import configured_directories

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pip_sysdeps.loader.glibc.cache_file import CacheEntry
    from pip_sysdeps.loader.glibc.machines import Machine
    from pip_sysdeps.model.elf import OpenedFile
    from pip_sysdeps.system.root import Root

CACHE = "/etc/ld.so.cache"

_MAX_CACHE = 64 << 20  # bytes
_LIBRARY = re.compile(r"(?:lib|ld-).*\.so|ld\.so\.|ld64\.so\.", re.DOTALL)
_TEMPORARY = re.compile(r".*(?:;.*|\.dpkg-new|\.dpkg-tmp|\.#prelink#(?:\.......)?)", re.DOTALL)
_ET_DYN = 3
_READ_LIMIT = 40
"""Up to this many libraries of a folder are read; with more, the current cache is used as a shortcut."""


def read_cache(root: Root) -> tuple[CacheEntry, ...]:
    """Return the entries of the current cache; none if it is missing or broken, as in the loader."""
    from pip_sysdeps.loader.glibc.cache_file import parse_ld_so_cache  # noqa: PLC0415 - a lock does with few folders

    try:
        return parse_ld_so_cache(root.read(CACHE, _MAX_CACHE))
    except (OSError, MalformedError):
        return ()


class _Library(NamedTuple):
    """One file of a folder, as ldconfig enters it into the cache."""

    soname: str
    """The name in the cache."""
    is_link: bool
    """Whether it is a link with the name of its target's DT_SONAME, or the linker's short name."""


class FreshCache:
    """The cache that ldconfig would write now. Call it with a name for a path or None."""

    def __init__(
        self,
        root: Root,
        machine: Machine,
        directories: tuple[str, ...],
        lookup: Callable[[str], OpenedFile | None],
        subfolders: tuple[str, ...] = (),
    ) -> None:
        """Find the directories; `directories` are the default ones.

        Of `subfolders`, as in LoaderConfig, only those in glibc-hwcaps are in the cache.
        """
        self._root = root
        self._machine = machine
        self._lookup = lookup
        configured = configured_directories(root, directories)
        usable = [each for each in subfolders if each.startswith("glibc-hwcaps/")]
        # A reference cycle would keep the root, with the folders that it has open.
        this: FreshCache = proxy(self)  # type: ignore[assignment] # a proxy acts as its object
        self._folders = tuple(
            [_Folder(f"{directory}/{each}", this, is_hwcaps=True) for each in usable for directory in configured]
            + [_Folder(directory, this, is_hwcaps=False) for directory in configured]
        )
        self._answers: dict[str, str | None] = {}

    def __call__(self, name: str) -> str | None:
        """Return the path that the cache would have for a name."""
        if name not in self._answers:
            paths = (folder.find(name) for folder in self._folders)
            self._answers[name] = next((path for path in paths if path is not None), None)
        return self._answers[name]

    def names(self, folder: str, *, any_link: bool) -> frozenset[str]:
        """Return the names in a folder that ldconfig considers: those of libraries, and with `any_link`, all links."""
        return frozenset(
            name
            for name in self._root.names(folder)
            if (_LIBRARY.match(name) or (any_link and self._root.read_link(f"{folder}/{name}") is not None))
            and not _TEMPORARY.fullmatch(name)
        )

    def library(self, path: str, name: str, *, trust_cache: bool) -> _Library | None:
        """Return how ldconfig enters a file of this name, or None if it does not.

        With `trust_cache`, use the current cache, which is far faster than reading a thousand libraries.
        """
        soname = self._cached_sonames.get(self._root.resolve(path) or "") if trust_cache else None
        soname = soname or self._read_soname(path, name)
        if soname is None:
            return None
        short = name.endswith(".so") and soname.startswith(name)
        is_link = (name == soname or short) and self._root.read_link(path) is not None
        return _Library(name if is_link else soname, is_link)

    def is_linked(self, link: str, target: str) -> bool:
        """Return whether ldconfig keeps `link`: it leads to `target`, or is not a link."""
        real = self._root.resolve(link)
        return real is not None and (real == self._root.resolve(target) or self._root.read_link(link) is None)

    def _read_soname(self, path: str, name: str) -> str | None:
        """Return the DT_SONAME of a shared object for this machine, else its name; None for other files."""
        opened = self._lookup(path)
        elf = None if opened is None else opened.elf
        expected = self._machine.elf_class, self._machine.machine, _ET_DYN
        if elf is None or not elf.dynamic or (elf.elf_class, elf.machine, elf.type) != expected:
            return None
        return elf.soname or name

    @cached_property
    def _cached_sonames(self) -> Mapping[str, str]:
        """The DT_SONAMEs in the current cache, by file.

        Only links count, because a file with the name may only block a link. Names that end in `.so`, which
        may be for the linker, and files with two names are left out.
        """
        sonames: dict[str, set[str]] = {}
        for entry in read_cache(self._root):
            real = self._root.resolve(entry.path)
            if real is not None and entry.flags == self._machine.cache_flags[0]:
                sonames.setdefault(real, set()).add(entry.soname)
        single = ((real, min(names)) for real, names in sonames.items() if len(names) == 1)
        return {real: name for real, name in single if not name.endswith(".so") and not real.endswith(f"/{name}")}


class _Folder:
    """One directory of the cache. Its libraries are read only for names that are not files in it."""

    def __init__(self, path: str, cache: FreshCache, *, is_hwcaps: bool) -> None:
        self._path = path
        self._cache = cache
        self._is_hwcaps = is_hwcaps
        """Whether it is a glibc-hwcaps folder: its entries name the files themselves, ldconfig creates no links in it,
        and links may have any name."""

    def find(self, name: str) -> str | None:
        path = f"{self._path}/{name}"
        if not self._is_hwcaps and name in self._names:
            library = self._cache.library(path, name, trust_cache=False)
            if library is not None and library.soname == name:
                return path
        file = self._best.get(name)
        if file is None:
            return None
        target = f"{self._path}/{file}"
        return path if not self._is_hwcaps and self._cache.is_linked(path, target) else target

    @cached_property
    def _names(self) -> frozenset[str]:
        return self._cache.names(self._path, any_link=self._is_hwcaps)

    @cached_property
    def _best(self) -> Mapping[str, str]:
        """The file for each soname: a file rather than a link, then the newest version."""
        found: dict[str, list[tuple[str, bool]]] = {}
        trust_cache = len(self._names) > _READ_LIMIT
        for name in sorted(self._names):
            library = self._cache.library(f"{self._path}/{name}", name, trust_cache=trust_cache)
            if library is not None:
                found.setdefault(library.soname, []).append((name, library.is_link))
        return {soname: files[0][0] if len(files) == 1 else _newest(files) for soname, files in found.items()}


def _newest(files: list[tuple[str, bool]]) -> str:
    return max(files, key=lambda file: (not file[1], _version(file[0])))[0]


def _version(name: str) -> list[tuple[bool, int]]:
    """Return a key that sorts names as ldconfig does: numbers by value, and after all other characters.

    Source: glibc elf/dl-cache.c, _dl_cache_libcmp.
    """
    parts = re.findall("[0-9]+|[^0-9]", name)
    return [(True, int(part)) if part.isdigit() else (False, ord(part)) for part in parts]
