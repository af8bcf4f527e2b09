"""Optional needs: of modules and libraries that a distribution only tries to open."""

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

    def of(self, need: Need) -> frozenset[str]:
        """Return the roots that lead to a need."""
        return frozenset().union(*(self._roots.get(file, frozenset()) for file in need.by))


def with_optional(
    distributions: Iterable[DistributionNeeds],
    roots: ImportRoots,
    base: Collection[str],
    optional: Callable[[frozenset[str]], frozenset[str]],
) -> Iterator[DistributionNeeds]:
    """Yield each distribution with its optional needs marked: those that only optional roots reach.

    `optional` returns those of some roots that their distributions only try to open; `base` has the base packages, for
    which it makes no difference.
    """
    every = tuple(distributions)
    asked = {id(need): roots.of(need) for each in every for need in each.needs if _may_be(need, base)}
    known = optional(frozenset().union(*asked.values())) if asked else frozenset()
    for each in every:
        marked = tuple(
            need._replace(optional=True) if asked.get(id(need)) and asked[id(need)] <= known else need
            for need in each.needs
        )
        yield each._replace(needs=marked)


def _may_be(need: Need, base: Collection[str]) -> bool:
    """Return whether being optional makes a difference for a need."""
    match need.provider:
        case FromHost() | FromDistribution():
            return False
        case FromPackage(package=package):
            return need.when is When.IMPORT and package not in base
    return need.when is When.IMPORT
