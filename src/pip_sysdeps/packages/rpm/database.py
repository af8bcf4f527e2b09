"""The installed packages of a root by its rpm database: owners, files, dependencies."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.packages.database import native_architecture
from pip_sysdeps.packages.rpm.evr import version_key
from pip_sysdeps.packages.rpm.package import NOARCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.packages.rpm.package import RpmPackage

SHELL = "/bin/sh"
"""The interpreter of package scripts: its owner, with dependencies, is in every image."""


class RpmDatabase:
    """The packages of a root, and which of them own a path.

    A package's key is its name, followed by `.architecture` if that is not the system's. If a name is installed in
    several versions (kernels, imported keys), the newest represents them, and the files of each count.
    """

    def __init__(self, packages: Iterable[RpmPackage], *, path: str) -> None:
        """Index the packages of the database at `path`."""
        packages = tuple(packages)
        self.path = path
        self.architecture = native_architecture(each.architecture for each in packages)
        self._installed: dict[str, list[RpmPackage]] = {}
        for each in packages:
            self._installed.setdefault(self._key(each), []).append(each)
        newest = {key: max(same, key=lambda each: version_key(each.version)) for key, same in self._installed.items()}
        self.packages: Mapping[str, RpmPackage] = MappingProxyType(newest)

    @property
    def versions(self) -> dict[str, str]:
        """The version of each installed package."""
        return {key: each.version for key, each in self.packages.items()}

    @property
    def unlisted(self) -> frozenset[str]:
        """Always empty: an rpm header includes the file list."""
        return frozenset()

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Packages without a file list: the owner of a file that no other package has is unknown."""
        keys = [key for key, each in self.packages.items() if each.files is None]
        reason = "the database has no file list of package"
        return tuple(Skipped(path=self.path, verdict=Verdict.UNREADABLE, reason=f"{reason} `{key}`") for key in keys)

    def owners(self, path: str) -> tuple[str, ...]:
        """Return the packages that have installed a file at a path, by name; links are not followed."""
        folder, _, name = path.rpartition("/")
        return tuple(sorted(key for key, names in self._packages_listing(f"{folder}/").items() if name in names))

    def files(self, package: str) -> tuple[str, ...]:
        """Return the paths that a package has installed, folders among them; sorted."""
        lists = (each.files for each in self._installed[package])
        return tuple(sorted({path for each in lists if each is not None for path in each.paths()}))

    def providers(self, capability: str) -> tuple[str, ...]:
        """Return the packages that provide a capability, or have installed the file that it names; sorted."""
        if capability not in self._provider_cache:
            self._provider_cache[capability] = self._find_providers(capability)
        return self._provider_cache[capability]

    def _find_providers(self, capability: str) -> tuple[str, ...]:
        owners = self.owners(capability) if capability.startswith("/") else ()
        return tuple(sorted({*self._providers.get(capability, ()), *owners}))

    def requires(self, package: str) -> tuple[tuple[str, ...], ...]:
        """Return the installed providers of each requirement of a package; requirements of rpm itself have none."""
        found = (self.providers(name) for (name,) in dict.fromkeys(self.packages[package].requires))
        return tuple(dict.fromkeys(names for names in found if names))

    def recommends(self, package: str) -> tuple[str, ...]:
        """Return the installed packages that a package recommends, by what they provide, and that supplement it.

        If nothing provides a name, the name itself is returned. A rich dependency, `(a if b)`, is left out. Source:
        rpm's manual, "Weak dependencies".
        """
        this = self.packages[package]
        names = (name for name in this.recommends if not name.startswith("("))
        recommended = (found for name in names for found in self.providers(name) or (name,))
        supplementing = (found for name in (package, *this.provides) for found in self._supplementing.get(name, ()))
        return tuple(dict.fromkeys((*recommended, *supplementing)))

    def closure(self, packages: Iterable[str]) -> frozenset[str]:
        """Return the packages and, recursively, those that they require, if only one package meets a requirement."""
        found: set[str] = set()
        pending = list(packages)
        while pending:
            key = pending.pop()
            if key not in found:
                found.add(key)
                pending += (names[0] for names in self.requires(key) if len(names) == 1)
        return frozenset(found)

    @cached_property
    def base(self) -> frozenset[str]:
        """The packages of a minimal root: the shell with all that it requires, including the C library.

        rpm marks no package as essential, and images without a package manager have little more than this.
        """
        return self.closure(self.providers(SHELL))

    def _key(self, package: RpmPackage) -> str:
        native = package.architecture in {self.architecture, NOARCH, ""}
        return package.name if native else f"{package.name}.{package.architecture}"

    def _packages_listing(self, folder: str) -> Mapping[str, frozenset[str]]:
        """Return the names that each package has in a folder; cached, as many files are in few folders."""
        if folder not in self._listings:
            names: dict[str, frozenset[str]] = {}
            for key, package in self._packages_by_folder.get(folder, ()):
                if package.files is not None:
                    names[key] = names.get(key, frozenset()) | package.files.names_in(folder)
            self._listings[folder] = names
        return self._listings[folder]

    @cached_property
    def _listings(self) -> dict[str, Mapping[str, frozenset[str]]]:
        return {}

    @cached_property
    def _provider_cache(self) -> dict[str, tuple[str, ...]]:
        """The providers of each capability that was asked for."""
        return {}

    @cached_property
    def _packages_by_folder(self) -> Mapping[str, Sequence[tuple[str, RpmPackage]]]:
        """The packages with files in each folder."""
        found: dict[str, list[tuple[str, RpmPackage]]] = {}
        for key, package in self._all_packages():
            for folder in dict.fromkeys(package.files.folders) if package.files is not None else ():
                found.setdefault(folder, []).append((key, package))
        return found

    @cached_property
    def _providers(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for key, package in self._all_packages():
            for each in package.provided:
                found.setdefault(each.name, {})[key] = None
        return {name: tuple(keys) for name, keys in found.items()}

    @cached_property
    def _supplementing(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for key, package in self._all_packages():
            for name in package.supplements:
                found.setdefault(name, {})[key] = None
        return {name: tuple(keys) for name, keys in found.items()}

    def _all_packages(self) -> Iterator[tuple[str, RpmPackage]]:
        return ((key, package) for key, same in self._installed.items() for package in same)
