"""The packages that may be installed in a root, by the repository metadata of dnf or zypper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.packages.rpm.libraries import newest_packages
from pip_sysdeps.packages.rpm.names import source_package
from pip_sysdeps.packages.rpm.read_metadata import read_caches
from pip_sysdeps.packages.rpm.read_repo_files import read_repositories

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.packages.rpm.repository import RepositoryPackage
    from pip_sysdeps.system.root import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPackage:
    """One package of a repository, as `packages.database.InstalledPackage`."""

    package: RepositoryPackage
    """Its entry in `primary.xml`."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.package.name

    @property
    def version(self) -> str:
        """Its version."""
        return self.package.version

    @property
    def architecture(self) -> str:
        """Its architecture."""
        return self.package.architecture

    @property
    def source(self) -> str:
        """The name of its source package; its own where that is unknown."""
        return source_package(self.package.source)[0] or self.package.name

    @property
    def size(self) -> int:
        """The bytes of its files."""
        return self.package.installed_size

    @property
    def requires(self) -> tuple[tuple[str, ...], ...]:
        """The capabilities that it requires, each a group of its own; rich ones are left out, as of `RpmPackage`."""
        return tuple((name,) for name in self.package.requires if not name.startswith("("))

    @property
    def provides(self) -> tuple[str, ...]:
        """The capabilities that it provides, and the files that others require by their paths."""
        return (*self.package.provides, *self.package.files)


def read_candidates(root: Root, architecture: str) -> Mapping[str, ListedPackage] | None:
    """Return the newest version of each package of the enabled repositories; None without their metadata.

    Of packages that provide the same, a short name comes first, as in dnf. Raise SysdepsError and MalformedError for
    metadata that cannot be read.
    """
    caches = read_caches(root, read_repositories(root, {}))
    if not caches.enabled:
        return None
    packages = newest_packages((each for one in caches.enabled.values() for each in one.primary()), architecture)
    return {each.name: ListedPackage(package=each) for each in sorted(packages, key=lambda each: len(each.name))}
