"""The system packages of one root: its database, and the rules of its package manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages import ownership
from pip_sysdeps.packages.registry import families, refuse_unknown, with_installer_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pip_sysdeps.model.environment import Skipped
    from pip_sysdeps.model.packages import Owner
    from pip_sysdeps.packages.database import InstalledPackage, PackageDatabase
    from pip_sysdeps.packages.family import Family
    from pip_sysdeps.system.root import Root


class SystemPackages(NamedTuple):
    """The installed packages of a root."""

    root: Root
    """The root."""
    family: Family
    """Its package manager."""
    database: PackageDatabase
    """Its database."""

    def owner(self, path: str, *, prefer_path: bool = False) -> Owner | None:
        """Return the package that owns a file; see `ownership.owner`."""
        return ownership.owner(self.root, self.database, path, prefer_path=prefer_path)

    def owner_source_and_files(self, path: str) -> tuple[str, Sequence[str]] | None:
        """Return the `source` of the owner's distributions, as in `dpkg:python3-foo`, and all files of the owner."""
        found = self.owner(path)
        if found is None:
            return None
        return f"{self.family.manager}:{found.package}", self.database.files(found.package)

    def candidates(self) -> Mapping[str, InstalledPackage] | None:
        """Return the candidates of a root's downloaded lists; None without readable lists."""
        if self.family.read_candidates is None:
            return None
        try:
            return self.family.read_candidates(self.root, self.architecture)
        except (SysdepsError, MalformedError):
            return None

    @property
    def packages(self) -> Mapping[str, InstalledPackage]:
        """Every installed package by name."""
        return self.database.packages

    @property
    def versions(self) -> dict[str, str]:
        """The version of each installed package."""
        return {name: each.version for name, each in self.database.packages.items()}

    @property
    def architecture(self) -> str:
        """The native architecture, in the package manager's words."""
        return self.database.architecture

    @property
    def base(self) -> frozenset[str]:
        """The packages of a minimal system, as far as the database shows."""
        return self.database.base

    @property
    def unlisted(self) -> Collection[str]:
        """Packages whose file lists were removed."""
        return self.database.unlisted

    @property
    def skipped(self) -> Sequence[Skipped]:
        """Packages whose files are unknown."""
        return self.database.skipped


def open_packages(root: Root) -> SystemPackages | None:
    """Return the system packages of a root, None if it has no package database.

    Raise SysdepsError for a database that cannot be read and for one of an unknown package manager, MalformedError for
    a broken one.
    """
    empty = None
    for family in families():
        database = family.open(root)
        if database is not None:
            found = SystemPackages(root=root, family=with_installer_of(root, family), database=database)
            if database.packages:
                return found
            empty = empty or found
    if empty is None:
        refuse_unknown(root)
    return empty
