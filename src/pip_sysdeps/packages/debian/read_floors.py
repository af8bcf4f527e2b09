"""Version floors of a root's packages, from their symbols and shlibs files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.packages.debian.database import DpkgDatabase
from pip_sysdeps.packages.debian.floors import dependencies, floors
from pip_sysdeps.packages.debian.read_shlibs import Shlibs
from pip_sysdeps.packages.debian.symbol_uses import SymbolUses
from pip_sysdeps.packages.family import Floors

if TYPE_CHECKING:
    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.packages.database import PackageDatabase
    from pip_sysdeps.packages.family import FloorQuery
    from pip_sysdeps.system.root import Root


def read_floors(root: Root, database: PackageDatabase, objects: Objects, query: FloorQuery) -> Floors:
    """Return the minimum version of each package whose libraries loaded objects use. Source: dpkg-shlibdeps(1)."""
    if not isinstance(database, DpkgDatabase):
        raise TypeError(type(database))
    shlibs = Shlibs(root, database)
    uses = SymbolUses(root, objects, shlibs).of(query.loaded, subjects=query.subjects, libraries=query.libraries)
    return Floors(floors(dependencies(uses)), tuple(shlibs.skipped))
