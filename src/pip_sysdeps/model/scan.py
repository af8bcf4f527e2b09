"""The result of a scan of one environment."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.model.needs import FromCapability, FromPackage, Missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.environment import Environment, Skipped
    from pip_sysdeps.model.loader import Load, LoadedObject
    from pip_sysdeps.model.needs import DistributionNeeds, Need, Unattributed
    from pip_sysdeps.model.packages import Floor, Platform
    from pip_sysdeps.model.plugins import PluginChoice


class Scan(NamedTuple):
    """The result of a scan of one environment."""

    platform: Platform
    """The system."""
    base: frozenset[str]
    """Binary packages of every image of the release: by the index, else by the package database."""
    environment: Environment
    """The environment."""
    distributions: tuple[DistributionNeeds, ...]
    """By name; every distribution, including those without needs."""
    unattributed: tuple[Unattributed, ...]
    """By file."""
    loads: tuple[Load, ...]
    """The objects that each root loads: the evidence."""
    skipped: tuple[Skipped, ...]
    """Everything that was skipped, the environment's included."""
    process: tuple[LoadedObject, ...] = ()
    """The interpreter and the objects that it loads at its start."""
    objects: Mapping[str, ElfFile] = MappingProxyType({})
    """The facts of each usable object of the environment, and of each object that is loaded, by real path."""
    lacking: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """File of an extension module of the standard library -> the libraries it loads that the system does not have.

    Empty unless the standard library was checked.
    """
    real: Mapping[str, str] = MappingProxyType({})
    """The path under which the loader opens an object -> its real path."""
    plugins: tuple[PluginChoice, ...] = ()
    """The chosen plugins, by distribution."""
    recommended: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Package of a needed library -> its recommended packages with plugins of that library."""
    note: str = ""
    """A note if the package names are from another release, or there is no index."""
    floors: Mapping[str, Floor] = MappingProxyType({})
    """Binary package -> the minimum version with every symbol that is used.

    It has installed packages outside `base`, if their symbols or shlibs file has the version.
    """

    provides: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Binary package -> the symbol versions of its libraries that are used, as capabilities.

    It has installed packages outside `base`, if the package manager has such capabilities.
    """

    @property
    def relevant_note(self) -> str:
        """Return `note` if a needed package is not installed; otherwise an empty string."""
        absent = (isinstance(need.provider, Missing | FromCapability) or _is_absent(need) for _, need in self.needs())
        return self.note if any(absent) else ""

    def facts(self, path: str) -> ElfFile | None:
        """Return the facts of a loaded object by the path under which it was opened; None if unknown."""
        return self.objects.get(self.real.get(path, path))

    def needs(self) -> Iterator[tuple[str, Need]]:
        """Yield every need with its distribution's name, which is empty for a file that no RECORD lists."""
        for distribution in self.distributions:
            yield from ((distribution.distribution.name, need) for need in distribution.needs)
        for file in self.unattributed:
            yield from (("", need) for need in file.needs)


def _is_absent(need: Need) -> bool:
    return isinstance(need.provider, FromPackage) and not need.provider.path
