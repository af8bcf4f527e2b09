"""Version floors: the minimum version of each binary package with every symbol that objects use.

This is the algorithm of dpkg-shlibdeps(1) (dpkg's scripts/dpkg-shlibdeps.pl), except that the file and owner
of each needed name are given.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.model.packages import Floor
from pip_sysdeps.packages.debian.version import version_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.packages.debian.symbols_file import LibrarySymbols
    from pip_sysdeps.packages.debian.version import VersionKey

_MINVER = "#MINVER#"
_COMMA = re.compile(r"\s*,\s*")
_BOUND = re.compile(
    r"\s*([A-Za-z0-9][A-Za-z0-9+._-]*)(?::[a-z0-9-]+)?\s*"
    r"\(\s*(?:>=|>>|=)\s*((?:[0-9]{1,9}:)?[A-Za-z0-9][A-Za-z0-9.+~-]{0,254})\s*\)\s*"
)
"""A relation with a lower bound on the version: Debian Policy 7.1."""


class Library(NamedTuple):
    """The dependencies that the package of a needed library states for its users."""

    soname: str
    """The needed name."""
    symbols: LibrarySymbols | None
    """The library's entry of a symbols file, if there is one."""
    shlibs: str | None
    """Otherwise its dependencies by a shlibs file; None if neither has it."""


class LibraryUse(NamedTuple):
    """One object and its undefined symbols in the libraries that it needs."""

    libraries: tuple[Library, ...]
    """In the order of DT_NEEDED: if two have a symbol, the first counts."""
    undefined: frozenset[str]
    """The undefined symbols, as `name@version` or `name@Base`; may omit those that no library has."""
    file: str = ""
    """The object."""


class Dependency(NamedTuple):
    """One dependency of a Depends field."""

    template: str
    """One relation or several alternatives, in which `#MINVER#` stands for the version."""
    version: str
    """The least sufficient version; empty if every version is."""
    symbol: str = ""
    """The symbol that requires this version; empty if the library itself does."""
    file: str = ""
    """The object that uses it."""

    def __str__(self) -> str:
        """Write it as in a control file: `libpq5 (>= 10~~)`."""
        bound = f"(>= {self.version})" if self.version else ""
        return " ".join(self.template.replace(_MINVER, bound).split())


def dependencies(uses: Iterable[LibraryUse]) -> tuple[Dependency, ...]:
    """Return the dependencies of the objects, sorted, each with its highest version."""
    highest: dict[str, Dependency] = {}
    for use in uses:
        for template, version, symbol in _dependencies_of_use(use):
            known = highest.get(template)
            if known is None or _version_order(version) > _version_order(known.version):
                highest[template] = Dependency(template=template, version=version, symbol=symbol, file=use.file)
    return tuple(each for _, each in sorted(highest.items()))


def floors(found: Iterable[Dependency]) -> Mapping[str, Floor]:
    """Return the minimum version of each package with a lower bound.

    A relation `=` or `>>` counts as `>=`: the floor is never higher than required.
    """
    bounds: dict[str, Floor] = {}
    for dependency in found:
        for match in filter(None, map(_BOUND.fullmatch, str(dependency).split("|"))):
            name, version = match.groups()
            if name not in bounds or _version_order(version) > _version_order(bounds[name].version):
                bounds[name] = Floor(version=version, symbol=dependency.symbol, file=dependency.file)
    return bounds


def _dependencies_of_use(use: LibraryUse) -> Iterator[tuple[str, str, str]]:
    """Yield the templates of one object, each with the minimum version and the symbol that requires it."""
    with_symbols = [library.symbols for library in use.libraries if library.symbols]
    for library in use.libraries:
        if library.symbols:
            # An unversioned dependency is not enough: the package may not always have had the library.
            yield from _split_dependencies(library.symbols.templates[0], library.symbols.smallest, "")
        elif library.shlibs:
            yield from _split_dependencies(library.shlibs, "", "")
    rest = use.undefined
    for entry in with_symbols:
        used = rest & entry.symbols.keys()
        rest -= used
        for origin, symbol in {entry.symbols[symbol]: symbol for symbol in sorted(used, reverse=True)}.items():
            yield from _split_dependencies(entry.templates[origin.template], origin.version, symbol)


def _split_dependencies(templates: str, version: str, symbol: str) -> Iterator[tuple[str, str, str]]:
    """Split a list of dependencies; version 0 means none, as in dpkg-shlibdeps."""
    for template in _COMMA.split(templates.strip()):
        if template:
            yield template, "" if version == "0" else version, symbol


def _version_order(version: str) -> tuple[bool, VersionKey]:
    """Return a key that orders versions; no version comes before all others, even those that begin with a tilde."""
    return bool(version), version_key(version)
