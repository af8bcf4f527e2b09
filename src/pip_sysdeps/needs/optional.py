"""Mark optional needs: those of modules and libraries that a distribution only tries to open."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pip_sysdeps.model.needs import DistributionNeeds, FromDistribution, FromHost, FromPackage, Need, When

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from pip_sysdeps.model.loader import Load


class ImportRoots:
    """The roots through which imports reach the files of an environment."""

    def __init__(self, loads: Iterable[Load], real: Mapping[str, str]) -> None:
        """Index the loads; `real` has the real path of each loaded object."""
        self._roots: defaultdict[str, set[str]] = defaultdict(set)
        for load in loads:
            if load.when is When.IMPORT:
                for each in load.objects:
                    self._roots[real.get(each.path, each.path)].add(load.root)

    def roots_of(self, need: Need) -> frozenset[str]:
        """Return the roots that lead to a need."""
        return frozenset().union(*(self._roots.get(file, frozenset()) for file in need.by))


def mark_optional(
    distributions: Iterable[DistributionNeeds],
    roots: ImportRoots,
    base: Collection[str],
    optional: Callable[[frozenset[str]], frozenset[str]],
) -> Iterator[DistributionNeeds]:
    """Yield each distribution with its optional needs marked: those that only optional roots reach.

    `optional` returns which of some roots their distributions only try to open. Needs of base packages, in `base`, are
    not marked.
    """
    all_distributions = tuple(distributions)
    roots_of_need = {
        id(need): roots.roots_of(need)
        for each in all_distributions
        for need in each.needs
        if _can_be_optional(need, base)
    }
    optional_roots = optional(frozenset().union(*roots_of_need.values())) if roots_of_need else frozenset()
    for each in all_distributions:
        marked = tuple(
            need._replace(optional=True)
            if roots_of_need.get(id(need)) and roots_of_need[id(need)] <= optional_roots
            else need
            for need in each.needs
        )
        yield each._replace(needs=marked)


def _can_be_optional(need: Need, base: Collection[str]) -> bool:
    """Return whether a need can be marked as optional."""
    match need.provider:
        case FromHost() | FromDistribution():
            return False
        case FromPackage(package=package):
            return need.when is When.IMPORT and package not in base
    return need.when is When.IMPORT
