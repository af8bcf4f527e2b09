"""Define the input and the results of the checks of `audit`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.needs import DistributionNeeds, Need
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.needs.symbol_versions import VersionGap
    from pip_sysdeps.packages.family import AvailableVersions


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The input of the checks."""

    scan: Scan
    """The environment."""
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A real path of the environment -> the world-writable folders of its search path."""
    gaps: tuple[VersionGap, ...] = ()
    """Needed symbol versions that the library does not define."""
    glibc: tuple[int, int] | None = None
    """The version of the system's glibc; None if unknown."""
    decided_by_policy: frozenset[tuple[str, str]] = frozenset()
    """The needs that the policy decides, as pairs of distribution and name."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """The installed version of each binary package."""
    available: AvailableVersions | None = None
    """The packages of the configured sources; None if unknown."""
    version_key: Callable[[str], Any] = str
    """Orders versions as the package manager does."""
    library_path: tuple[str, ...] = ()
    """The project's `library-path`."""
    omitted_plugins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A package of the install line -> its recommended packages with plugins that the line omits."""
    changes: tuple[str, ...] = ()
    """Messages about how the lock differs from the environment."""

    def undecided_needs(self) -> Iterator[tuple[str, Need]]:
        """Yield the needs that the policy does not decide, with their distributions."""
        decided = self.decided_by_policy
        return ((holder, need) for holder, need in self.scan.needs() if (holder, need.name) not in decided)

    def own_objects(self) -> Iterator[tuple[DistributionNeeds | None, str, ElfFile]]:
        """Yield each object of the environment with its distribution."""
        for distribution in self.scan.distributions:
            for file in distribution.distribution.files:
                if file in self.scan.objects:
                    yield distribution, file, self.scan.objects[file]
        for file in self.scan.environment.unclaimed:
            if file in self.scan.objects:
                yield None, file, self.scan.objects[file]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One problem that a check found, before it gets the code of the check."""

    message: str
    """The message, which follows the subjects; without a full stop."""
    subjects: tuple[str, ...] = ()
    """Sonames, symbol versions or elements of a search path; sorted."""
    distribution: str = ""
    """The distribution; empty for a file that no RECORD lists, and for the whole environment."""
    files: tuple[str, ...] = ()
    """The affected objects, sorted."""


def issue_of_need(holder: str, need: Need, message: str) -> Issue:
    """Return the problem of one need."""
    return Issue(subjects=(need.name,), message=message, distribution=holder, files=need.by)


def name_of(distribution: DistributionNeeds | None) -> str:
    """Return the name of a distribution; empty for none."""
    return distribution.distribution.name if distribution else ""
