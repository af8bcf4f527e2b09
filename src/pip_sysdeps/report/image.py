"""Define the input of `verify`: the environment, the system of the image, and the lock's target."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pip_sysdeps.byname.knowledge import is_known
from pip_sysdeps.lock.selection import needs_in_line, needs_to_meet
from pip_sysdeps.model.loader import NotFound
from pip_sysdeps.model.needs import Confidence, FromCapability, FromPackage, Missing, Unreachable, When

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.loader.find_library import LibraryFinder
    from pip_sysdeps.lock.document import LockedNeed, Target
    from pip_sysdeps.model.loader import LoadedObject
    from pip_sysdeps.model.needs import Need
    from pip_sysdeps.model.packages import Owner
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.needs.symbol_versions import VersionGap
    from pip_sysdeps.needs.undefined_symbols import SymbolGap


class ImageSystem(Protocol):
    """The system of a release image."""

    @property
    def installed(self) -> Mapping[str, str]:
        """Binary package -> version; empty without a package database."""

    @property
    def finder(self) -> LibraryFinder:
        """The results of `ctypes.util.find_library`."""

    def version_key(self, version: str) -> Any:  # noqa: ANN401 - each package manager's own
        """Return a key that orders versions as the package manager does."""

    def package_of(self, name: str) -> str | None:
        """Return the release's binary package that has a library or a program."""

    def real(self, path: str) -> str | None:
        """Return a path with its links followed."""

    def owner(self, path: str) -> Owner | None:
        """Return the binary package that owns a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """The input of verification."""

    scan: Scan
    """The environment with ld.so.cache as it is."""
    fresh: Scan
    """The environment as after a run of ldconfig; `scan` itself if nothing is missing."""
    gaps: tuple[VersionGap, ...]
    """Needed symbol versions that are not defined."""
    symbols: tuple[SymbolGap, ...]
    """Symbols that imports need and no library in the image defines."""
    system: ImageSystem
    """The system of the image."""
    scripts: Mapping[str, str] = field(default_factory=dict)
    """A script of the environment's `bin` -> the Python that its first line names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedTarget:
    """A target of the lock with indexes for fast lookup."""

    target: Target
    """The target."""
    in_line: frozenset[tuple[str, str]]
    """The needs of the install line, by holder and name."""
    expected: frozenset[tuple[str, str]]
    """The needs that the image must satisfy: those of the install line, and such needs without a package."""
    needs: Mapping[tuple[str, str], LockedNeed]
    """Every need, by holder and name."""

    @property
    def plugins(self) -> Mapping[str, tuple[str, ...]]:
        """Return the patterns of the chosen plugins, by distribution."""
        found = {each.name: {need.plugin for need in each.all_needs()} - {""} for each in self.target.distribution}
        return {name: tuple(sorted(patterns)) for name, patterns in found.items()}

    def package(self, holder: str, name: str) -> str:
        """Return the lock's package for a need; empty if there is none."""
        need = self.needs.get((holder, name))
        return need.package if need else ""

    def file_to_copy(self, holder: str, name: str) -> LockedNeed | None:
        """Return a need for a file that must be copied because no package owns it; None for other needs."""
        need = self.needs.get((holder, name))
        return need if need and need.class_ == "unowned" else None


def index_target(target: Target) -> IndexedTarget:
    """Return a target with its indexes."""
    return IndexedTarget(
        target=target,
        in_line=frozenset((holder, need.name) for holder, need in needs_in_line(target)),
        expected=frozenset((holder, need.name) for holder, need in needs_to_meet(target)),
        needs={(holder, need.name): need for holder, need in target.needs()},
    )


def uses_cpu_folders(scan: Scan) -> bool:
    """Return whether a loaded library is in a folder for newer CPUs (glibc-hwcaps)."""
    loaded = (*scan.process, *(each for load in scan.loads for each in load.objects))
    return any("/glibc-hwcaps/" in each.path for each in loaded)


def unsatisfied_needs(scan: Scan) -> Iterator[tuple[str, Need]]:
    """Yield each need that nothing in the image satisfies, with its distribution."""
    for holder, need in scan.needs():
        match need.provider:
            case FromPackage(path="") | FromCapability() | Missing() | Unreachable():
                yield holder, need
            case _:
                pass


def must_be_satisfied(holder: str, need: Need, locked: IndexedTarget | None) -> bool:
    """Return whether the image must satisfy a need: by the lock, or without one by the defaults of `install-line`."""
    key = (holder, need.name)
    if need.optional:  # nothing fails without it, but its package may be in the install line of the lock
        return key in locked.in_line if locked else False
    if locked is not None and key in locked.needs:
        return key in locked.expected
    declared = need.when is When.DECLARED and need.confidence is None
    return need.is_mandatory or declared or (need.confidence is Confidence.HIGH and not _is_for_another_system(need))


def _is_for_another_system(need: Need) -> bool:
    """Return whether a source names a library or program that no package of the release has: of another system."""
    unknown = isinstance(need.provider, Missing) and bool(need.provider.note) and not need.provider.unsure
    return unknown and need.when in {When.DLOPEN, When.EXEC} and not is_known(need.evidence)


def imported_objects(scan: Scan) -> Iterator[tuple[str, LoadedObject]]:
    """Yield each object that an import, a program or a chosen plugin loads, with the root that loads it."""
    for load in scan.loads:
        if load.is_mandatory:
            yield from ((load.root, loaded) for loaded in load.objects)


def missing_sonames(loaded: LoadedObject) -> Iterator[str]:
    """Yield the needed names of an object that the loader does not find."""
    return (answer.soname for answer in loaded.needs if isinstance(answer, NotFound))
