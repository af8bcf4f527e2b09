"""A release image as verification sees it: the environment in it, its system, and what it is held to."""

from __future__ import annotations

from dataclasses import dataclass
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
        """What `ctypes.util.find_library` finds."""

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
    """What verification looks at."""

    scan: Scan
    """The environment with ld.so.cache as it is."""
    fresh: Scan
    """The same as after a run of ldconfig; or `scan` again where nothing is missing that the image is to have."""
    gaps: tuple[VersionGap, ...]
    """Symbol versions that are needed and not defined."""
    symbols: tuple[SymbolGap, ...]
    """Symbols that imports need, and that nothing in the image defines."""
    system: ImageSystem
    """The system that it is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """What the image is held to."""

    target: Target
    """The lock's block for it."""
    in_line: frozenset[tuple[str, str]]
    """The needs that `install-line` installs for, by holder and name."""
    expected: frozenset[tuple[str, str]]
    """The needs that the image is to meet: those of the line, and those like them that no package answers."""
    needs: Mapping[tuple[str, str], LockedNeed]
    """Every need, by holder and name."""

    @property
    def plugins(self) -> Mapping[str, tuple[str, ...]]:
        """Return the patterns of the chosen plugins, by distribution."""
        found = {each.name: {need.plugin for need in each.every()} - {""} for each in self.target.distribution}
        return {name: tuple(sorted(patterns)) for name, patterns in found.items()}

    def package(self, holder: str, name: str) -> str:
        """Return the package that the lock has for a need; empty for none."""
        need = self.needs.get((holder, name))
        return need.package if need else ""

    def copied(self, holder: str, name: str) -> LockedNeed | None:
        """Return the need of a file that is to be copied, because no package owns it; None for any other."""
        need = self.needs.get((holder, name))
        return need if need and need.class_ == "unowned" else None


def held_to(target: Target) -> Locked:
    """Return what a target of the lock holds an image to."""
    return Locked(
        target=target,
        in_line=frozenset((holder, need.name) for holder, need in needs_in_line(target)),
        expected=frozenset((holder, need.name) for holder, need in needs_to_meet(target)),
        needs={(holder, need.name): need for holder, need in target.needs()},
    )


def takes_cpu_folders(scan: Scan) -> bool:
    """Return whether this CPU has decided which library is loaded."""
    loaded = (*scan.process, *(each for load in scan.loads for each in load.objects))
    return any("/glibc-hwcaps/" in each.path for each in loaded)


def unmet(scan: Scan) -> Iterator[tuple[str, Need]]:
    """Yield each need that nothing in the image answers, with its distribution."""
    for holder, need in scan.needs():
        match need.provider:
            case FromPackage(path="") | FromCapability() | Missing() | Unreachable():
                yield holder, need
            case _:
                pass


def counts(holder: str, need: Need, locked: Locked | None) -> bool:
    """Return whether the image is to have what is needed: as the lock says, else as `install-line` does by default."""
    key = (holder, need.name)
    if need.optional:  # nothing fails without it, but a lock may have its package in the line
        return key in locked.in_line if locked else False
    if locked is not None and key in locked.needs:
        return key in locked.expected
    declared = need.when is When.DECLARED and need.confidence is None
    return need.is_demanded or declared or (need.confidence is Confidence.HIGH and not _of_another_system(need))


def _of_another_system(need: Need) -> bool:
    """Return whether a source names what no package of the release has: it may well be of a system that is not here."""
    unheard = isinstance(need.provider, Missing) and bool(need.provider.note) and not need.provider.unsure
    return unheard and need.when in {When.DLOPEN, When.EXEC} and not is_known(need.evidence)


def imported(scan: Scan) -> Iterator[tuple[str, LoadedObject]]:
    """Yield each object that an import, a program or a chosen plugin loads, with the root that loads it."""
    for load in scan.loads:
        if load.is_demanded:
            yield from ((load.root, loaded) for loaded in load.objects)


def not_found(loaded: LoadedObject) -> Iterator[str]:
    """Yield the needed names of an object that the loader does not find."""
    return (answer.soname for answer in loaded.needs if isinstance(answer, NotFound))
