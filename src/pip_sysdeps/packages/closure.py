"""What packages need to be installed, by a package manager's own database, and what that takes on the disk."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pip_sysdeps.packages.database import InstalledPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an installation takes."""

    packages: tuple[str, ...]
    """The packages that it adds; sorted."""
    size: int
    """Their installed size in KiB; what the database has no size of counts as nothing."""


class Closures:
    """The installed packages of one root, with what each needs to be installed."""

    def __init__(self, packages: Mapping[str, InstalledPackage], base: Iterable[str] = ()) -> None:
        """Hold the packages; `base` has those that are there anyway, with all that they need."""
        self._packages = packages
        self._providers: defaultdict[str, list[str]] = defaultdict(list)
        for key, package in packages.items():
            for name in dict.fromkeys(package.provides):
                self._providers[name].append(key)
        self._base = self._reached(key for key in base if key in packages)

    def cost(self, names: Collection[str]) -> Cost | None:
        """Return what the packages or capabilities add to the base; None if one of them is not installed."""
        added = self._added(names)
        return None if added is None else self._cost(added)

    def saved(self, names: Collection[str], without: Collection[str]) -> Cost | None:
        """Return what is not added where `without` is installed in place of `names`; None as for `cost`."""
        added, left = self._added(names), self._added(without)
        return None if added is None or left is None else self._cost(added - left)

    def _added(self, names: Iterable[str]) -> frozenset[str] | None:
        keys = [self._answer((name,)) for name in names]
        known = [key for key in keys if key is not None]
        return None if len(known) < len(keys) else self._reached(known) - self._base

    def _cost(self, keys: Iterable[str]) -> Cost:
        names = tuple(sorted(keys))
        return Cost(packages=names, size=sum(self._packages[name].size for name in names) >> 10)

    def _reached(self, keys: Iterable[str]) -> frozenset[str]:
        pending, found = list(keys), set[str]()
        while pending:
            key = pending.pop()
            if key not in found:
                found.add(key)
                pending += self._dependencies(key)
        return frozenset(found)

    def _dependencies(self, key: str) -> Iterator[str]:
        for group in dict.fromkeys(map(tuple, self._packages[key].requires)):
            answer = self._answer(group, key)
            if answer is not None:
                yield answer

    def _answer(self, group: Iterable[str], needing: str = "") -> str | None:
        """Return the installed package that meets a group of alternatives: the first by name, else the only provider.

        What the needing package provides itself it needs of no other. Which of several providers was meant, the
        database does not say: none of them is counted.
        """
        named = next((name for name in group if name in self._packages), None)
        if named is not None:
            return named
        providers = {each for name in group for each in self._providers.get(name, ())}
        return next(iter(providers)) if len(providers) == 1 and needing not in providers else None
