"""What the checks of `audit` look at, and the form of what they find."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.needs import DistributionNeeds, Need
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.needs.symbol_versions import VersionGap
    from pip_sysdeps.packages.family import Available


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the checks look at."""

    scan: Scan
    """The environment."""
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A real path of the environment -> the world-writable folders that its search path leads into."""
    gaps: tuple[VersionGap, ...] = ()
    """Symbol versions that are needed, and that the library which is found does not define."""
    glibc: tuple[int, int] | None = None
    """The version of the system's glibc; None if it is not known."""
    decided_by_policy: frozenset[tuple[str, str]] = frozenset()
    """The needs that the project's policy decides: distribution and name."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """The installed version of each binary package."""
    available: Available | None = None
    """What the system's configured sources have; None if that is not known."""
    version_key: Callable[[str], Any] = str
    """Orders versions as the package manager does."""
    library_path: tuple[str, ...] = ()
    """The project's `library-path`."""
    changes: tuple[str, ...] = ()
    """In what the lock differs from the environment, in words."""

    def undecided(self) -> Iterator[tuple[str, Need]]:
        """Yield the needs that no policy decides, each with its distribution."""
        decided = self.decided_by_policy
        return ((holder, need) for holder, need in self.scan.needs() if (holder, need.name) not in decided)

    def own(self) -> Iterator[tuple[DistributionNeeds | None, str, ElfFile]]:
        """Yield each object of the environment with its distribution."""
        for distribution in self.scan.distributions:
            for file in distribution.distribution.files:
                if file in self.scan.objects:
                    yield distribution, file, self.scan.objects[file]
        for file in self.scan.environment.unclaimed:
            if file in self.scan.objects:
                yield None, file, self.scan.objects[file]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a check found."""

    message: str
    """What is wrong, for a person; a line that goes on from the subjects, without a full stop."""
    subjects: tuple[str, ...] = ()
    """What it is about: sonames, symbol versions, elements of a search path; sorted."""
    distribution: str = ""
    """Whose it is; empty for a file that no record claims, and for the environment as a whole."""
    files: tuple[str, ...] = ()
    """The objects that show it, sorted."""


def trouble_of_need(holder: str, need: Need, message: str) -> Trouble:
    """Return the trouble with one need of a distribution."""
    return Trouble(subjects=(need.name,), message=message, distribution=holder, files=need.by)


def name_of(distribution: DistributionNeeds | None) -> str:
    """Return the name of a distribution; empty for none."""
    return distribution.distribution.name if distribution else ""
