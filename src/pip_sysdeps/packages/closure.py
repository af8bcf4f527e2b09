"""The packages that an installation adds, with their dependencies and installed size."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.packages.database import InstalledPackage


_MOST_PROVIDERS = 50
"""How many providers of one name are considered; Debian has 40 mail servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The packages and the size of an installation."""

    packages: tuple[str, ...]
    """The packages that it adds; sorted."""
    size: int
    """Their installed size in KiB; packages of unknown size count as 0."""


class Closures:
    """The packages of one root, installed or available, with their dependencies."""

    def __init__(
        self,
        packages: Mapping[str, InstalledPackage],
        base: Iterable[str] = (),
        read_candidates: Callable[[], Mapping[str, InstalledPackage] | None] = lambda: None,
    ) -> None:
        """Index the installed packages. `base` has those that are always installed, with their dependencies.

        `read_candidates` returns the available packages, the preferred first, or None if there are no lists. It is
        called on the first query for a package that is not installed.
        """
        self._packages = packages
        self._read_candidates = read_candidates
        self._known: dict[str, tuple[Sequence[str], Sequence[Sequence[str]]]] = {}
        self._providers = _providers(packages)
        self._base = self._with_dependencies(key for key in base if key in packages)

    def cost(self, names: Collection[str]) -> Cost | None:
        """Return what installing these packages or capabilities adds to the base; None if one of them is unknown."""
        added = self._added_packages(names)
        return None if added is None else self._cost(added)

    def savings(self, names: Collection[str], without: Collection[str]) -> Cost | None:
        """Return what installing `names` adds that installing `without` does not; None as for `cost`."""
        added, left = self._added_packages(names), self._added_packages(without)
        return None if added is None or left is None else self._cost(added - left)

    def candidate(self, name: str) -> InstalledPackage | None:
        """Return an available package by its name; None without lists, or if they do not have it."""
        return self._candidates.get(name)

    def _added_packages(self, names: Iterable[str]) -> frozenset[str] | None:
        keys = [self._find_installed((name,)) or next(iter(self._find_available((name,))), None) for name in names]
        known = [key for key in keys if key is not None]
        return None if len(known) < len(keys) else self._with_dependencies(known) - self._base

    def _cost(self, keys: Iterable[str]) -> Cost:
        names = tuple(sorted(keys))
        return Cost(packages=names, size=sum(self._package(name).size for name in names) >> 10)

    def _package(self, key: str) -> InstalledPackage:
        return self._packages[key] if key in self._packages else self._candidates[key]

    def _with_dependencies(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the packages with all their dependencies.

        Alternatives are decided last, as apt does, so that a package that is needed anyway is chosen.
        """
        pending, undecided, found = list(keys), deque["Sequence[str]"](), set[str]()
        while pending or undecided:
            if not pending:
                alternatives = undecided.popleft()
                pending += [] if found.intersection(alternatives) else alternatives[:1]
                continue
            key = pending.pop()
            if key not in found:
                found.add(key)
                decided, alternatives_of_key = self._needs(key)
                pending += decided
                undecided += alternatives_of_key
        return frozenset(found)

    def _needs(self, key: str) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
        """Return the dependencies with one answer, and the alternatives of each other one; cached by package."""
        if key not in self._known:
            answers = [each for each in self._dependencies(key) if each]
            self._known[key] = [each[0] for each in answers if len(each) == 1], [each for each in answers if each[1:]]
        return self._known[key]

    def _dependencies(self, key: str) -> Iterator[Sequence[str]]:
        """Yield for each dependency the packages that satisfy it: none, one, or several available ones, best first."""
        installed = key in self._packages
        for group in dict.fromkeys(map(tuple, self._package(key).requires)):
            answer = self._find_installed(group, key)
            if answer is not None or installed:
                yield (answer,) if answer else ()
            else:
                yield self._find_available(group, key)

    def _find_installed(self, group: Iterable[str], needing: str = "") -> str | None:
        """Return the installed package that meets a group of alternatives: the first by name, else the only provider.

        No provider counts if `needing` is one, or if there are several: the database does not say which is meant.
        """
        named = next((name for name in group if name in self._packages), None)
        if named is not None:
            return named
        providers = {each for name in group for each in self._providers.get(name, ())[:2]}
        return next(iter(providers)) if len(providers) == 1 and needing not in providers else None

    def _find_available(self, group: Iterable[str], needing: str = "") -> Sequence[str]:
        """Return the available packages that would meet a group of alternatives, in the group's order.

        For each name, the package of that name comes first, then those that provide it, the preferred first.
        """
        names = ((name, *self._candidate_providers.get(name, ())[:_MOST_PROVIDERS]) for name in group)
        found = tuple(dict.fromkeys(each for some in names for each in some if each in self._candidates))
        return () if needing in found else found

    @cached_property
    def _candidates(self) -> Mapping[str, InstalledPackage]:
        return self._read_candidates() or {}

    @cached_property
    def _candidate_providers(self) -> Mapping[str, list[str]]:
        return _providers(self._candidates)


def _providers(packages: Mapping[str, InstalledPackage]) -> Mapping[str, list[str]]:
    """Return the packages that provide each name, in their order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, package in packages.items():
        for name in dict.fromkeys(package.provides):
            found[name].append(key)
    return found
