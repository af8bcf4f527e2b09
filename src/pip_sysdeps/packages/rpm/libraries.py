"""Which package of a repository has a library: the index of what is not installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.packages.rpm.capability import provides_library, soname_of
from pip_sysdeps.packages.rpm.evr import version_key
from pip_sysdeps.packages.rpm.package import NOARCH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pip_sysdeps.packages.rpm.repository import RepositoryPackage


def newest(packages: Iterable[RepositoryPackage], architecture: str) -> tuple[RepositoryPackage, ...]:
    """Return the newest version of each package that fits an architecture, by name."""
    found: dict[str, RepositoryPackage] = {}
    for each in packages:
        if each.architecture in {architecture, NOARCH}:
            other = found.get(each.name)
            if other is None or version_key(each.version) > version_key(other.version):
                found[each.name] = each
    return tuple(found[name] for name in sorted(found))


def packages_of_libraries(
    packages: Iterable[RepositoryPackage],
    mark: str,
    directories: Collection[str],
    files: Mapping[str, Collection[str]] | None,
) -> dict[str, tuple[str, ...]]:
    """Return the packages that have each soname in a default directory of the loader, sorted.

    `mark` is that of the machine's capabilities. `files` has the paths of each package by its id; without it, of what
    a package provides nothing shows where it lies, and every provider is returned.
    """
    found: dict[str, list[str]] = {}
    for package in packages:
        for capability in package.provides:
            soname = soname_of(capability, mark)
            paths = None if files is None else files.get(package.id, ())
            if soname and (paths is None or provides_library(soname, paths, directories)):
                found.setdefault(soname, []).append(package.name)
    return {soname: tuple(sorted(set(names))) for soname, names in sorted(found.items())}
