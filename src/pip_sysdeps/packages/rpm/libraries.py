"""Find the package of a repository that has a library, a program or a capability."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pip_sysdeps.packages.index_file import AMBIGUOUS, DEVELOPMENT, minor_version
from pip_sysdeps.packages.rpm.capability import provides_library, soname_of
from pip_sysdeps.packages.rpm.evr import version_key
from pip_sysdeps.packages.rpm.names import is_development, is_package_name
from pip_sysdeps.packages.rpm.package import NOARCH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from pip_sysdeps.packages.index_file import Table
    from pip_sysdeps.packages.rpm.repository import RepositoryPackage

SHELL = "/bin/sh"
_PROGRAM = re.compile(r"(?:/usr)?/s?bin/([^\s:,/]+)")
_MOST_NAMES = 100
"""Limit on the packages for one library, program or capability."""
_MAX_NAME = 255
"""Characters of a file's name: NAME_MAX of limits.h."""


def installable_packages(packages: Iterable[RepositoryPackage], architecture: str) -> tuple[RepositoryPackage, ...]:
    """Return the packages for an architecture, except those with an invalid name."""
    return tuple(
        [each for each in packages if each.architecture in {architecture, NOARCH} and is_package_name(each.name)]
    )


def newest_packages(packages: Iterable[RepositoryPackage], architecture: str) -> tuple[RepositoryPackage, ...]:
    """Return the newest version of each package for an architecture, sorted by name."""
    found: dict[str, RepositoryPackage] = {}
    for each in installable_packages(packages, architecture):
        other = found.get(each.name)
        if other is None or version_key(each.version) > version_key(other.version):
            found[each.name] = each
    return tuple(found[name] for name in sorted(found))


def providers(packages: Iterable[RepositoryPackage], architecture: str) -> dict[str, tuple[str, ...]]:
    """Return the packages whose newest version provides each capability of a library, sorted.

    A package of another architecture is `name.architecture`. A capability that only older versions provide has no
    packages: the package manager installs such a version by the capability, not by the name.
    """
    versions: dict[str, str] = {}
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for each in packages:
        if not is_package_name(each.name):
            continue
        key = each.name if each.architecture in {architecture, NOARCH} else f"{each.name}.{each.architecture}"
        if key not in versions or version_key(each.version) > version_key(versions[key]):
            versions[key] = each.version
        for name in each.provides:
            if soname_of(name, "(64bit)") or soname_of(name, ""):
                found[name][key] = _newer_version(found[name].get(key), each.version)
    return {
        name: tuple(sorted(key for key, version in keys.items() if versions[key] == version))
        for name, keys in found.items()
    }


def packages_of_libraries(
    packages: Iterable[RepositoryPackage],
    mark: str,
    directories: Collection[str],
    files: Mapping[str, Collection[str]],
) -> dict[str, tuple[str, ...]]:
    """Return the packages that have each soname in a default directory of the loader, the best first.

    `mark` is that of the architecture's capabilities. `files` has the paths of each package by its id; without them,
    a package's provides count. Development packages come last, and short names first: `libcurl` before
    `libcurl-minimal`.
    """
    found: dict[str, set[str]] = {}
    for package in packages:
        for capability in package.provides:
            soname = soname_of(capability, mark)
            paths = files.get(package.id)
            shown = paths is None or provides_library(soname or "", paths, directories)
            if soname and len(soname) <= _MAX_NAME and shown:
                found.setdefault(soname, set()).add(package.name)
    return {soname: tuple(sorted(found[soname], key=_preference)) for soname in sorted(found)}


def library_table(found: Mapping[str, Sequence[str]], older: Mapping[str, Sequence[str]]) -> Table:
    """Return the table soname -> packages of `packages_of_libraries`; development packages only if there is no other.

    `found` is of the newest versions, `older` of all. If several packages have a library, or only an older version
    has it, they follow `AMBIGUOUS`: the package manager chooses by the capability.
    """
    table = {}
    for soname, names in {**older, **found}.items():
        runtime = [name for name in names if not is_development(name)]
        mark = DEVELOPMENT if not runtime else AMBIGUOUS if len(runtime) > 1 or soname not in found else ""
        table[soname] = mark + ",".join((runtime or names)[:_MOST_NAMES])
    return table


def program_table(packages: Iterable[RepositoryPackage]) -> Table:
    """Return the table program -> package: of several, the one with the program's name, else all after `AMBIGUOUS`.

    `primary.xml` has the paths of programs.
    """
    owners: dict[str, set[str]] = {}
    for package in packages:
        for path in package.files:
            match = _PROGRAM.fullmatch(path)
            if match and len(match[1]) <= _MAX_NAME and match[1].isprintable():
                owners.setdefault(match[1], set()).add(package.name)
    return {name: _program_value(name, sorted(found)) for name, found in owners.items()}


def base_set(packages: Sequence[RepositoryPackage]) -> frozenset[str]:
    """Return the packages of a minimal root: the shell and its dependencies, if only one package meets each.

    `RpmDatabase.base` is the same for installed packages.
    """
    named: defaultdict[str, set[str]] = defaultdict(set)
    for each in packages:
        for name in (*each.provides, *each.files):
            named[name].add(each.name)
    by_name = {each.name: each for each in packages}
    pending = list(named.get(SHELL, ()) or named.get(f"/usr{SHELL}", ()))
    found: set[str] = set()
    if len(pending) > 1:
        return frozenset()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            groups = (named.get(each, set()) for each in by_name[name].requires)
            pending += [next(iter(group)) for group in groups if len(group) == 1]
    return frozenset(found)


def version_of(capability: str, packages: Iterable[RepositoryPackage]) -> str:
    """Return the first two numbers of the version of the only package with a capability or file.

    `2.41` of 2.41-5.fc42; empty if there is not exactly one package.
    """
    versions = [each.version for each in packages if capability in each.provides or capability in each.files]
    return minor_version(versions[0]) if len(versions) == 1 else ""


def _program_value(program: str, owners: Sequence[str]) -> str:
    if program in owners or len(owners) == 1:
        return program if program in owners else owners[0]
    return AMBIGUOUS + ",".join(owners[:_MOST_NAMES])


def _preference(name: str) -> tuple[bool, int, str]:
    return is_development(name), len(name), name


def _newer_version(one: str | None, other: str) -> str:
    return other if one is None or version_key(other) > version_key(one) else one
