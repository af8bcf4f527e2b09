"""System packages without a package manager: a database of plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pip_sysdeps.packages.installed import SystemPackages
from pip_sysdeps.packages.registry import family_of
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.model.environment import Skipped


@dataclass(frozen=True)
class Installed:
    """One package of a megabyte, unless it says otherwise."""

    name: str
    requires: tuple[tuple[str, ...], ...] = ()
    provides: tuple[str, ...] = ()
    size: int = 1 << 20
    version: str = "1"
    architecture: str = "amd64"
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class PlainDatabase:
    """A package database: each package with its files."""

    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Package -> its files; of packages that list the same file, the first is the best."""
    recommended: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Package -> the packages that it recommends."""
    path: str = "/var/lib/packages"
    architecture: str = "amd64"
    base: frozenset[str] = frozenset()
    unlisted: frozenset[str] = frozenset()
    skipped: tuple[Skipped, ...] = ()

    @property
    def packages(self) -> dict[str, Installed]:
        """Every package by name, in version 1."""
        return {name: Installed(name) for name in self.listed}

    def owners(self, path: str) -> tuple[str, ...]:
        """Return the packages that list a path."""
        return tuple(name for name, files in self.listed.items() if path in files)

    def files(self, package: str) -> tuple[str, ...]:
        """Return the paths that a package lists."""
        return self.listed[package]

    def recommends(self, package: str) -> tuple[str, ...]:
        """Return the packages that a package recommends."""
        return self.recommended.get(package, ())


def system_packages(manager: str, database: PlainDatabase, root: str = "/") -> SystemPackages:
    """Return the packages of a root, by the rules of this package manager."""
    family = family_of(manager)
    assert family is not None
    return SystemPackages(root=Root(root), family=family, database=database)
