"""Convert an archive's Contents and Packages to the tables of a soname index.

Only files in a default directory of the target count, which the loader finds by itself (ld.so(8)). This
excludes cross, lib32 and libx32 libraries, private copies in subfolders (nxagent's libX11.so.6, primus' libGL.so.1),
and debug files. The folders that Debian's packages add in /etc/ld.so.conf.d do not count either: those of
fakeroot, fakechroot and torsocks are for LD_PRELOAD.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.packages.debian.architectures import ARCHITECTURES
from pip_sysdeps.packages.debian.contents import DATA_FOLDER
from pip_sysdeps.packages.index_file import AMBIGUOUS, DEVELOPMENT, minor_version
from pip_sysdeps.packages.plugin_folders import has_plugins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pip_sysdeps.packages.debian.contents import ContentsRow
    from pip_sysdeps.packages.debian.packages_file import ArchivePackage
    from pip_sysdeps.packages.index_file import Table

_PRIORITIES = {"required": 0, "important": 1, "standard": 2}
_MOST_OWNERS = 3
"""Limit on the packages for one file of a table."""
_MOST_PROVIDERS = 100
"""Limit on the packages for one library, and on the providers of one name; Debian has at most eight."""
_MAX_NAME = 255
"""Characters of a file's name: NAME_MAX of limits.h."""
_PLUGIN_PACKAGE = r"(?:^|[-.])(?:plugin|module|driver)s?(?:$|[-.0-9])"
"""Matches names of packages with plugins: gstreamer1.0-plugins-base, mesa-vdpau-drivers."""
_MIN_DEPENDENTS = 40
"""A package of plugins is a usual one if at least this many source packages depend on it or recommend it."""
_LIBRARY = r"[^\s:,]+\.so(?:\.[^\s:,]+)?"
_VIRTUAL_LIBRARY = r"lib[^\s:,]+\.so(?:\.[0-9]+)*"
_PROGRAM = r"[^\s:,]+"
_FILE = r"[^\s:]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeTargets:
    """The targets of a program that is a link of update-alternatives(1)."""

    targets: tuple[str, ...]
    """Programs, or else binary packages."""
    is_ambiguous: bool = False
    """Whether none of them is the default."""


def library_folders(architecture: str) -> tuple[str, ...]:
    """Return the loader's default directories, without leading "/". Source: ld.so(8), `ld.so --list-diagnostics`."""
    return tuple(folder.lstrip("/") for folder in ARCHITECTURES[architecture].directories)


def library_table(rows: Iterable[ContentsRow], packages: Mapping[str, ArchivePackage]) -> Table:
    """Return the table soname -> binary packages, the best first.

    The key is the file's name, because the loader searches for it, whatever DT_SONAME says. `rows` are those
    of `library_folders`. Packages can also provide a name that no file has: `Provides: libblas.so.3`, for a link
    that a postinst creates with update-alternatives.
    """
    shipped: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if _is_plain(row.name) and re.fullmatch(_LIBRARY, row.name):
            shipped[row.name] |= {name for name in row.packages if name in packages}
    provided = {
        name: set(found)
        for name, found in _providers(packages).items()
        if _is_plain(name) and re.fullmatch(_VIRTUAL_LIBRARY, name)
    }
    dependent_counts = count_dependents(packages)
    names = shipped.keys() | provided.keys()
    values = {
        name: _library_value(shipped.get(name, set()), provided.get(name, set()), packages, dependent_counts)
        for name in names
    }
    return {name: value for name, value in values.items() if value}


def program_table(
    rows: Iterable[ContentsRow], packages: Mapping[str, ArchivePackage], alternatives: Mapping[str, AlternativeTargets]
) -> Table:
    """Return the table program -> binary package; if several have it, the one from `_default_package`.

    `alternatives` has the links of update-alternatives, which no Contents index lists, with their targets;
    the first target in the release counts.
    """
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if _is_plain(row.name) and re.fullmatch(_PROGRAM, row.name):
            owners[row.name] |= {name for name in row.packages if name in packages}
    table = {name: _default_package(name, sorted(found), packages) for name, found in owners.items() if found}
    for name, alternative in alternatives.items():
        targets = (table.get(each, "").lstrip(AMBIGUOUS) or each for each in alternative.targets)
        answers = [target for target in targets if target.partition(",")[0] in packages]
        if answers:
            table[name] = AMBIGUOUS + ",".join(answers) if alternative.is_ambiguous and len(answers) > 1 else answers[0]
    return table


def _default_package(program: str, owners: Sequence[str], packages: Mapping[str, ArchivePackage]) -> str:
    """Return the default package for a program that several packages have, or all of them after `AMBIGUOUS`.

    The default is, in this order: the package with the highest priority; with the program's name; with a name that all
    others provide; with a name that begins all others' (`hwloc` of `hwloc-nox`). Source: Debian Policy 2.5, 7.5;
    docs/decisions/0062.
    """
    ranks = {name: _PRIORITIES.get(packages[name].priority, len(_PRIORITIES)) for name in owners}
    first = min(owners, key=ranks.__getitem__)
    if all(ranks[name] > ranks[first] for name in owners if name != first):
        return first
    if program in owners:
        return program
    for name in owners:
        if all(name in packages[other].provides for other in owners if other != name):
            return name
    for name in owners:
        if all(other.startswith(f"{name}-") for other in owners if other != name):
            return name
    return AMBIGUOUS + ",".join(owners[:_MOST_PROVIDERS])


def plugin_table(
    rows: Iterable[ContentsRow], subfolder_rows: Iterable[ContentsRow], packages: Mapping[str, ArchivePackage]
) -> Table:
    """Return the table library package -> packages with its plugins or data that it does not depend on.

    These are recommended packages; without any, suggested ones; without any, packages of plugins that depend on it. Of
    alternatives only the first counts. `rows` are those of `library_folders`, `subfolder_rows` those of
    `contents.rows_in_subfolders`.
    """
    libraries: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name in row.packages:
            libraries[name].add(row.name)
    plugins: defaultdict[str, set[str]] = defaultdict(set)
    data: defaultdict[str, set[str]] = defaultdict(set)
    for row in subfolder_rows:
        for name in row.packages:
            (data if row.folder == DATA_FOLDER else plugins)[name].add(row.name)
    folders = _PluginFolders(libraries, plugins, data, packages)
    dependents = _plugin_packages(plugins.keys(), packages)
    table: Table = {}
    for name in sorted(libraries.keys() & packages.keys()):
        package = packages[name]
        found = _first_of_each(package.recommends, partial(folders.are_recommended, package=package))
        found = found or _first_of_each(package.suggests, partial(folders.has_plugins, package=package))
        found = found or [
            each for each in dependents[name] if has_plugins(libraries[name], plugins[each], with_lib=False)
        ]
        if found := [each for each in dict.fromkeys(found) if each in packages]:
            table[name] = ",".join(found[:_MOST_PROVIDERS])
    return table


class _PluginFolders(NamedTuple):
    """The libraries of each package, and its subfolders with plugins or data."""

    libraries: Mapping[str, set[str]]
    """File names of libraries."""
    plugins: Mapping[str, set[str]]
    """Folders of shared objects."""
    data: Mapping[str, set[str]]
    """Folders of data."""
    packages: Mapping[str, ArchivePackage]
    """All packages."""

    def has_plugins(self, name: str, package: ArchivePackage) -> bool:
        """Return whether a package has plugins of another one's library, by a folder or by its own name."""
        plugins = self.plugins[name]
        return has_plugins(self.libraries[package.name], plugins) or (bool(plugins) and _is_part_of(name, package.name))

    def are_recommended(self, name: str, package: ArchivePackage) -> bool:
        """Return whether a recommended package has plugins or data of the library, or of one that it depends on."""
        if self.has_plugins(name, package) or has_plugins(self.libraries[package.name], self.data[name]):
            return True
        plugins, needed = self.plugins[name], {group[0] for group in package.depends}
        if plugins or name not in self.packages:
            return any(has_plugins(self.libraries[each], plugins, with_lib=False) for each in needed)
        is_collection = re.search(_PLUGIN_PACKAGE, name) is not None  # vdpau-driver-all depends on those with plugins
        return is_collection and any(self.has_plugins(each[0], package) for each in self.packages[name].depends)


def _first_of_each(groups: Iterable[tuple[str, ...]], is_right: Callable[[str], bool]) -> list[str]:
    """Return the first package of each group of alternatives for which a condition holds."""
    firsts = (next(filter(is_right, group), "") for group in groups)
    return [each for each in firsts if each]


def _is_part_of(name: str, package: str) -> bool:
    """Return whether a package is named after a library's: libasound2-plugins after libasound2 or libasound2t64."""
    return package.startswith("lib") and name.startswith(f"{package.removesuffix('t64')}-")


def _flatten(groups: Iterable[tuple[str, ...]]) -> list[str]:
    return [name for group in groups for name in group]


def _plugin_packages(names: Iterable[str], packages: Mapping[str, ArchivePackage]) -> defaultdict[str, list[str]]:
    """Return for each package the usual packages of plugins that depend on it.

    These are those of its own source package, and those that many other packages depend on or recommend.
    """
    dependents: defaultdict[str, set[str]] = defaultdict(set)
    for package in packages.values():
        for name in _flatten((*package.depends, *package.recommends)):
            dependents[name].add(package.source)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for plugin in (packages[name] for name in sorted(names) if name in packages and re.search(_PLUGIN_PACKAGE, name)):
        for name in dict.fromkeys(_flatten(plugin.depends)):
            is_own = name in packages and packages[name].source == plugin.source
            if is_own or len(dependents[plugin.name]) >= _MIN_DEPENDENTS:
                found[name].append(plugin.name)
    return found


def file_table(found: Iterable[tuple[str, tuple[str, ...]]], packages: Mapping[str, ArchivePackage]) -> Table:
    """Return the table file -> binary packages, the best first, from `contents.rows_matching`."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for pattern, names in found:
        if not re.fullmatch(_FILE, pattern) or not pattern.isprintable():
            continue
        usable = (name for name in names if name in packages and packages[name].section != "debug")
        owners[pattern] |= {_unversioned_package(name, packages) for name in usable}
    dependent_counts = count_dependents(packages)
    best = {
        pattern: sorted(names, key=lambda name: preference_key(packages[name], dependent_counts))
        for pattern, names in owners.items()
    }
    return {pattern: ",".join(names[:_MOST_OWNERS]) for pattern, names in best.items() if names}


def _unversioned_package(name: str, packages: Mapping[str, ArchivePackage]) -> str:
    """Return the package without a version in its name, if it depends on this one: python3-venv for python3.13-venv."""
    plain = packages.get(re.sub(r"(?<=[0-9])\.[0-9]+", "", name))
    return plain.name if plain and any(name in group for group in plain.depends) else name


def base_set(packages: Mapping[str, ArchivePackage], *, required: bool = True) -> frozenset[str]:
    """Return the packages of every image: Essential, required, apt, and their unambiguous dependencies.

    Without `required`, that priority does not count: an image of a derivative may be smaller. The set is what
    `debootstrap --variant=minbase` installs (debootstrap(8)), without choices: if several packages satisfy a dependency
    and none is included already, images differ (`usrmerge | usr-is-merged`), and none counts. A real package takes
    precedence over packages that provide its name. apt is included because an image without it cannot use an install
    line.
    """
    providers = _providers(packages)
    chosen = {
        each.name
        for each in packages.values()
        if each.essential or each.name == "apt" or (required and each.priority == "required")
    }
    pending = list(chosen)
    while pending:
        for group in packages[pending.pop()].depends:
            options = _first_two(name for each in group for name in ([each] if each in packages else providers[each]))
            if len(options) == 1 and not options & chosen:
                chosen |= options
                pending += options
    return frozenset(chosen)


def _first_two(names: Iterable[str]) -> set[str]:
    """Return up to two different names: enough to detect an ambiguity."""
    found: set[str] = set()
    for name in names:
        found.add(name)
        if len(found) > 1:
            break
    return found


def version_id(distro: str, version: str) -> str:
    """Return the VERSION_ID of os-release(5) for the `Version` of a Release file.

    Debian's is that of the point release (13.1), but os-release has only the major number.
    """
    return version.partition(".")[0] if distro == "debian" else version


def version_of(name: str, packages: Mapping[str, ArchivePackage]) -> str:
    """Return the first two numbers of a package's version: `2.41` of 2.41-12+deb13u1; empty if it is not there."""
    return minor_version(packages[name].version) if name in packages else ""


def count_dependents(packages: Mapping[str, ArchivePackage]) -> Counter[str]:
    """Count for each package the other source packages that depend on it as their first alternative."""
    dependents: defaultdict[str, set[str]] = defaultdict(set)
    for package in packages.values():
        for group in package.depends:
            dependents[group[0]].add(package.source)
    return Counter(
        {name: len(sources - {packages[name].source}) for name, sources in dependents.items() if name in packages}
    )


def preference_key(
    package: ArchivePackage, dependent_counts: Mapping[str, int]
) -> tuple[bool, bool, bool, bool, int, str]:
    """Return a key that orders the packages with one library, the best first.

    Runtime packages come before development packages and transitional ones; then those in section libs; those with
    `Multi-Arch: same`; those that most other source packages depend on; then by name. Source: Debian Policy 2.4 and 8,
    the archive's sections.
    """
    return (
        package.section == "libdevel",
        package.section == "oldlibs",
        package.section != "libs",
        package.multi_arch != "same",
        -dependent_counts.get(package.name, 0),
        package.name,
    )


def _library_value(
    shipped: set[str], provided: set[str], packages: Mapping[str, ArchivePackage], dependent_counts: Mapping[str, int]
) -> str:
    """Return the value of one library in the table; empty if only debug packages have it."""
    usable = [packages[name] for name in shipped | provided if packages[name].section != "debug"]
    runtime = [package for package in usable if package.section != "libdevel"]
    ordered = sorted(
        runtime or usable, key=lambda package: (package.name not in shipped, preference_key(package, dependent_counts))
    )
    names = ",".join(package.name for package in ordered[:_MOST_PROVIDERS])
    return names if runtime or not usable else DEVELOPMENT + names


def _providers(packages: Mapping[str, ArchivePackage]) -> defaultdict[str, list[str]]:
    """Return virtual package -> packages that provide it, each once, up to a limit."""
    providers: defaultdict[str, list[str]] = defaultdict(list)
    for package in packages.values():
        for name in dict.fromkeys(package.provides):
            if len(providers[name]) < _MOST_PROVIDERS:
                providers[name].append(package.name)
    return providers


def _is_plain(name: str) -> bool:
    """Return whether a file name is printable and not too long for a file system."""
    return len(name) <= _MAX_NAME and name.isprintable()
