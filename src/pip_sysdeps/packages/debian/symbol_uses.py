"""The symbols that objects use from the libraries of binary packages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pip_sysdeps.elf.symbols import undefined_names
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.model.loader import Found
from pip_sysdeps.packages.debian.floors import LibraryUse

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.model.loader import LoadedObject
    from pip_sysdeps.packages.debian.floors import Library
    from pip_sysdeps.packages.debian.read_shlibs import Shlibs
    from pip_sysdeps.system.root import Root


class SymbolUses:
    """The symbol uses of a root's objects; files are read only for objects that use one of the given libraries."""

    def __init__(self, root: Root, objects: Objects, shlibs: Shlibs) -> None:
        self._root = root
        self._objects = objects
        self._shlibs = shlibs

    def of(
        self, loaded: Iterable[LoadedObject], *, subjects: Container[str | None], libraries: Mapping[str, str]
    ) -> Iterator[LibraryUse]:
        """Yield the symbols that each subject among loaded objects uses from the libraries, once.

        `subjects` are objects by their real path; `libraries` has the package of each library, by the path under which
        the loader opens it.
        """
        seen: set[tuple[str, tuple[str, ...]]] = set()
        for each in loaded:
            found = tuple([answer for answer in each.needs if isinstance(answer, Found) and answer.path in libraries])
            key = (each.path, tuple([name for answer in found for name in (answer.soname, answer.path)]))
            if found and key not in seen and self._root.resolve(each.path) in subjects:
                seen.add(key)
                known = tuple([self._library(answer, libraries[answer.path]) for answer in found])
                yield LibraryUse(file=each.path, libraries=known, undefined=self._undefined(each.path, known))

    def _library(self, found: Found, package: str) -> Library:
        elf = self._objects.facts(self._root.resolve(found.path) or found.path)
        public = isinstance(elf, ElfFile) and elf.soname is not None
        return self._shlibs.library(found.soname, package, public=public)

    def _undefined(self, path: str, libraries: Iterable[Library]) -> frozenset[str]:
        """Return the undefined symbols that the libraries' symbols files may list, in their spelling.

        A version reference counts as a symbol of the version's name: glibc's symbols file has `GLIBC_ABI_DT_RELR`,
        which objects need without using a symbol of it. If a symbol of the version is used, its own entry is enough;
        since 1.22, dpkg-shlibdeps counts the reference too. Source: dpkg 1.22, Dpkg::Shlibs::Objdump::Object.
        """
        known = [library.symbols for library in libraries if library.symbols]
        if not known:
            return frozenset()
        versions = frozenset[str]().union(*(each.versions for each in known))
        elf = self._objects.facts(self._root.resolve(path) or path)
        needed = elf.version_needs if isinstance(elf, ElfFile) else ()
        symbols = self._objects.query(path, partial(undefined_names, versions=versions)) or frozenset()
        used = frozenset() if self._shlibs.every_reference_counts else {name.rpartition("@")[2] for name in symbols}
        return symbols.union(f"{need.version}@{need.version}" for need in needed if need.version not in used)
