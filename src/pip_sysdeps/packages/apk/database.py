"""apk's installed database: the packages of a root, and the owner of each file.

Source: apk-tools src/database.c, apk_db_fdb_read: after the fields of a package, `F:` begins a folder, without a
leading slash, and each `R:` is a file or link in it.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from pip_sysdeps.packages.apk.records import parse_stanzas, require_safe_paths
from pip_sysdeps.packages.database import native_architecture

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pip_sysdeps.model.environment import Skipped
    from pip_sysdeps.packages.apk.records import ApkPackage, Stanza


class ApkDatabase:
    """The packages of a root and the owners of its files."""

    skipped: Sequence[Skipped] = ()
    unlisted = frozenset[str]()
    """Always empty: the database includes the files."""
    """The packages of a root and their files."""

    def __init__(
        self, content: bytes, *, architecture: str = "", base: Collection[str] = (), path: str = "installed"
    ) -> None:
        """Parse the content of an installed database; `path` is its path.

        `architecture` is the system's if known; the default is that of most packages. `base` has the packages of a
        minimal system. Raise MalformedError as `parse_stanzas`, and for a path that no package can have.
        """
        require_safe_paths(content)
        self.path = path
        self._content = content
        self._stanzas = parse_stanzas(content)
        self._starts = [each.start for each in self._stanzas]
        self.packages: Mapping[str, ApkPackage] = MappingProxyType(
            {each.package.name: each.package for each in self._stanzas}
        )
        self.architecture = architecture or native_architecture(each.architecture for each in self.packages.values())
        self._base = base
        self._folders: dict[bytes, Mapping[bytes, Sequence[str]]] = {}

    def owners(self, path: str) -> Sequence[str]:
        """Return the packages that have a file or link of this literal path; a folder has no owner."""
        folder, _, name = path.encode("utf-8", "surrogateescape").removeprefix(b"/").rpartition(b"/")
        if folder not in self._folders:
            self._folders[folder] = self._owners_in(folder)
        return self._folders[folder].get(name, ())

    def files(self, package: str) -> Sequence[str]:
        """Return the files and links of a package, absolute, in the database's order."""
        found: list[str] = []
        folder = "/"
        place = self._places[package]
        for line in self._content[place.start : place.end].decode("utf-8", "surrogateescape").split("\n"):
            if line.startswith("F:"):
                folder = f"/{line[2:]}/" if line[2:] else "/"
            elif line.startswith("R:"):
                found.append(folder + line[2:])
        return found

    def recommends(self, package: str) -> Sequence[str]:  # noqa: ARG002 - as every database answers
        """Return nothing: apk has no weak dependencies, and installs packages with `install_if` by itself.

        Source: apk-package(5).
        """
        return ()

    def providers(self, name: str) -> Sequence[str]:
        """Return the installed packages that have or provide this name: `so:libpq.so.5`, `cmd:pdftotext`."""
        return self._providers.get(name, ())

    @cached_property
    def base(self) -> frozenset[str]:
        """The installed packages of a minimal system, with all that they depend on."""
        pending, queried, found = [name for name in self._base if name in self.packages], set[str](), set[str]()
        while pending:
            name = pending.pop()
            if name in found:
                continue
            found.add(name)
            for (each,) in self.packages[name].requires:
                if each not in queried:  # ten thousand packages may provide what ten thousand require
                    queried.add(each)
                    pending += self.providers(each)
        return frozenset(found)

    @cached_property
    def _providers(self) -> Mapping[str, Sequence[str]]:
        return providers(self.packages.values())

    @cached_property
    def _places(self) -> Mapping[str, Stanza]:
        """The stanza of each package; of two with the same name, the last."""
        return {each.package.name: each for each in self._stanzas}

    def _owners_in(self, folder: bytes) -> Mapping[bytes, Sequence[str]]:
        """Return the packages of each file in a folder.

        The database has every file of the system: only queried folders are parsed.
        """
        owners: dict[bytes, list[str]] = {}
        for start in self._blocks.get(folder, ()):
            stanza = self._stanzas[bisect_right(self._starts, start) - 1]
            end = self._content.find(b"\nF:", start - 1, stanza.end)
            for line in self._content[start : end if end >= 0 else stanza.end].split(b"\n"):
                if line.startswith(b"R:"):
                    owners.setdefault(line[2:], []).append(stanza.package.name)
        return owners

    @cached_property
    def _blocks(self) -> Mapping[bytes, Sequence[int]]:
        """The offsets of each folder's lines, one for each package that has it."""
        found: dict[bytes, list[int]] = {}
        at = self._content.find(b"\nF:")
        while at >= 0:
            end = self._content.find(b"\n", at + 1)
            found.setdefault(self._content[at + 3 : end], []).append(end + 1)
            at = self._content.find(b"\nF:", end)
        return found


def providers(packages: Collection[ApkPackage]) -> dict[str, list[str]]:
    """Return the packages that have or provide each name; sorted."""
    found: dict[str, list[str]] = {}
    for package in sorted(packages, key=lambda each: each.name):
        for name in dict.fromkeys((package.name, *package.provides)):
            names = found.setdefault(name, [])
            if package.name not in names[-1:]:  # two repositories may have the same package
                names.append(package.name)
    return found
