"""The ld.so.cache that a fresh ldconfig(8) would write, looked up without writing or reading it whole.

apt's trigger runs ldconfig whenever a package changes a library directory, so this is the cache that a release image
has.
Source: glibc elf/ldconfig.c (parse_conf, search_dir), elf/readlib.c, elf/dl-is_dso.h.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.formats.ld_so_conf import Directory, Include, parse_ld_so_conf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pip_sysdeps.host.root import Root
    from pip_sysdeps.loader.machines import Machine
    from pip_sysdeps.model import OpenedFile

CONFIGURATION = "/etc/ld.so.conf"

_MAX_CONFIGURATION = 1 << 20  # bytes of one file
_MAX_FILES = 256
_LIBRARY = re.compile(r"(?:lib|ld-).*\.so|ld\.so\.|ld64\.so\.", re.DOTALL)
_TEMPORARY = re.compile(r".*(?:;.*|\.dpkg-new|\.dpkg-tmp|\.#prelink#(?:\.......)?)", re.DOTALL)
_ET_DYN = 3


class _Library(NamedTuple):
    """One file of a folder, as ldconfig enters it."""

    soname: str
    """The name in the cache."""
    is_link: bool
    """A link that is named as its target's DT_SONAME, or is the short name for the linker."""


def configured_directories(root: Root, machine: Machine) -> tuple[str, ...]:
    """Return the directories that ldconfig looks at, each once (by inode), in its order: those of ld.so.conf first."""
    found: dict[tuple[int, int], str] = {}
    for path in (*_directories(root, CONFIGURATION, set()), *machine.default_directories):
        identity = root.identity(path) if path.startswith("/") else None
        if identity is not None:
            found.setdefault(identity, path)
    return tuple(found.values())


def _directories(root: Root, file: str, seen: set[str]) -> Iterator[str]:
    """Yield the directories of a configuration file and of those that it includes, each file once."""
    if file in seen or len(seen) == _MAX_FILES:
        return
    seen.add(file)
    try:
        content = root.read(file, _MAX_CONFIGURATION)
    except OSError:
        return
    for entry in parse_ld_so_conf(content):
        match entry:
            case Directory(path=path):
                yield path
            case Include(pattern=pattern):
                for included in _matches(root, posixpath.join(posixpath.dirname(file), pattern)):
                    yield from _directories(root, included, seen)


def _matches(root: Root, pattern: str) -> list[str]:
    """Return the paths that an absolute pattern stands for, in the C locale's order."""
    paths = [""]
    for part in pattern.split("/")[1:]:
        if re.search(r"[*?[]", part):
            paths = [
                f"{path}/{name}"
                for path in paths
                for name in fnmatch.filter(root.names(path or "/"), part)
                if not name.startswith(".") or part.startswith(".")
            ]
        else:
            paths = [f"{path}/{part}" for path in paths]
    return paths


class FreshCache:
    """Looks names up as in a cache that was just written; calling it gives a path or None."""

    def __init__(
        self,
        root: Root,
        machine: Machine,
        lookup: Callable[[str], OpenedFile | None],
        subfolders: tuple[str, ...] = (),
    ) -> None:
        """Find the directories; of `subfolders`, as in LoaderConfig, those in glibc-hwcaps matter here."""
        self._root = root
        self._machine = machine
        self._lookup = lookup
        directories = configured_directories(root, machine)
        usable = [each for each in subfolders if each.startswith("glibc-hwcaps/")]
        self._folders = tuple(
            [_Folder(f"{directory}/{each}", self, named=True) for each in usable for directory in directories]
            + [_Folder(directory, self, named=False) for directory in directories]
        )
        self._answers: dict[str, str | None] = {}

    def __call__(self, name: str) -> str | None:
        """Return the path that the cache would have for a name."""
        if name not in self._answers:
            paths = (folder.find(name) for folder in self._folders)
            self._answers[name] = next((path for path in paths if path is not None), None)
        return self._answers[name]

    def names(self, folder: str) -> frozenset[str]:
        """Return the names in a folder that ldconfig looks at."""
        return frozenset(
            name for name in self._root.names(folder) if _LIBRARY.match(name) and not _TEMPORARY.fullmatch(name)
        )

    def library(self, folder: str, name: str) -> _Library | None:
        """Return how ldconfig enters a file, or None if it leaves it out."""
        path = f"{folder}/{name}"
        opened = self._lookup(path)
        elf = None if opened is None else opened.elf
        wanted = self._machine.elf_class, self._machine.machine, _ET_DYN
        if elf is None or not elf.dynamic or (elf.elf_class, elf.machine, elf.type) != wanted:
            return None
        soname = elf.soname or name
        short = name.endswith(".so") and soname.startswith(name)
        is_link = (name == soname or short) and self._root.read_link(path) is not None
        return _Library(name if is_link else soname, is_link)

    def is_linked(self, link: str, target: str) -> bool:
        """Tell whether ldconfig leaves what is at `link` alone: it leads to `target`, or is no link."""
        real = self._root.resolve(link)
        return real is not None and (real == self._root.resolve(target) or self._root.read_link(link) is None)


class _Folder:
    """One directory of the cache; its libraries are read only when a name is not simply there."""

    def __init__(self, path: str, cache: FreshCache, *, named: bool) -> None:
        self._path = path
        self._cache = cache
        self._named = named
        """A glibc-hwcaps folder: its entries name the files themselves, and no links are made in it."""
        self._names: frozenset[str] | None = None
        self._best: dict[str, str] | None = None

    def find(self, name: str) -> str | None:
        if self._names is None:
            self._names = self._cache.names(self._path)
        if not self._named and name in self._names:
            library = self._cache.library(self._path, name)
            if library is not None and library.soname == name:
                return f"{self._path}/{name}"
        return self._through_soname(name, self._names)

    def _through_soname(self, name: str, names: frozenset[str]) -> str | None:
        """Find the file for which ldconfig makes a link of that name."""
        if self._best is None:
            self._best = dict(self._choose(names))
        file = self._best.get(name)
        if file is None:
            return None
        made, there = f"{self._path}/{file}", f"{self._path}/{name}"
        return there if not self._named and self._cache.is_linked(there, made) else made

    def _choose(self, names: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Yield each soname with its file: a file rather than a link, then the greater version."""
        found: dict[str, list[tuple[bool, list[tuple[bool, int]], str]]] = {}
        for name in sorted(names):
            library = self._cache.library(self._path, name)
            if library is not None:
                found.setdefault(library.soname, []).append((not library.is_link, _version(name), name))
        return ((soname, max(files)[2]) for soname, files in found.items())


def _version(name: str) -> list[tuple[bool, int]]:
    """Return a name in a form that sorts as ldconfig compares: numbers by value, and behind every other character.

    Source: glibc elf/dl-cache.c, _dl_cache_libcmp.
    """
    parts = re.findall("[0-9]+|[^0-9]", name)
    return [(True, int(part)) if part.isdigit() else (False, ord(part)) for part in parts]
