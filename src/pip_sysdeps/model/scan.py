"""The whole answer for one environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pip_sysdeps.model.needs import FromCapability, FromPackage, Missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.environment import Environment, Skipped
    from pip_sysdeps.model.loader import Load, LoadedObject
    from pip_sysdeps.model.needs import DistributionNeeds, Need, Unattributed
    from pip_sysdeps.model.packages import Floor, Platform
    from pip_sysdeps.model.plugins import PluginChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The whole answer for one environment."""

    platform: Platform
    """Where."""
    base: frozenset[str]
    """Binary packages that every image of the release has: by the index, or without one by the dpkg status."""
    environment: Environment
    """What was looked at."""
    distributions: tuple[DistributionNeeds, ...]
    """By name; every distribution, also those without needs."""
    unattributed: tuple[Unattributed, ...]
    """By file."""
    loads: tuple[Load, ...]
    """What each root brings into its process: the evidence."""
    process: tuple[LoadedObject, ...] = ()
    """The interpreter itself and what it loads before anything else."""
    skipped: tuple[Skipped, ...]
    """All that was set aside, the environment's included."""
    objects: Mapping[str, ElfFile] = field(default_factory=dict)
    """The facts of each usable object of the environment, and of each object that is loaded, by real path."""
    real: Mapping[str, str] = field(default_factory=dict)
    """The path under which the loader opens an object -> its real path."""
    plugins: tuple[PluginChoice, ...] = ()
    """The plugins whose needs reach the line; by distribution."""
    note: str = ""
    """What to know of the package names: that they are another release's, or that there is no index."""
    floors: Mapping[str, Floor] = field(default_factory=dict)
    """Binary package -> the least version that has every symbol used; for those that are installed and not in `base`,
    and whose symbols or shlibs file tells it."""

    provides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Binary package -> the symbol versions of its libraries that are used, as capabilities; for those that are
    installed and not in `base`, where the package manager knows such capabilities."""

    @property
    def relevant_note(self) -> str:
        """Return `note` if something is needed that is not installed; else nothing rests on it."""
        absent = (isinstance(need.provider, Missing | FromCapability) or _is_absent(need) for _, need in self.needs())
        return self.note if any(absent) else ""

    def facts(self, path: str) -> ElfFile | None:
        """Return the facts of a loaded object by the path under which it was opened; None if they are not known."""
        return self.objects.get(self.real.get(path, path))

    def needs(self) -> Iterator[tuple[str, Need]]:
        """Yield every need with its distribution's name, which is empty for a file that no record claims."""
        for distribution in self.distributions:
            yield from ((distribution.distribution.name, need) for need in distribution.needs)
        for file in self.unattributed:
            yield from (("", need) for need in file.needs)


def _is_absent(need: Need) -> bool:
    return isinstance(need.provider, FromPackage) and not need.provider.path
