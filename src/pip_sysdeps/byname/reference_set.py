"""Merge the references of a distribution, and drop those that others include."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pip_sysdeps.model.needs import Confidence, ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.model.needs import Reference
    from pip_sysdeps.sources.steps import Steps

_ORDER = list(Confidence)


def merged(queries: Iterable[Reference], found: Iterable[Reference], steps: Steps) -> tuple[Reference, ...]:
    """Return the merged references, strongest first.

    Of two references, one whose names include those of an equally strong one is dropped: whoever has one of `a` has one
    of `a` and `b`. An argument of `find_library` counts only if no call opens the result.
    """
    kept = _Kept(steps)
    by_strength = sorted(
        found, key=lambda each: (len(each.names), _ORDER.index(each.confidence), each.by, each.evidence)
    )
    for each in by_strength:
        kept.add(each)
    asked = {name for each in kept.references if each.kind is ReferenceKind.LIBRARY for name in each.names}
    every = [*kept.references, *(each for each in dict.fromkeys(queries) if not asked & set(each.names))]
    return tuple(sorted(every, key=lambda each: (_ORDER.index(each.confidence), each.kind.value, each.names)))


class _Kept:
    """The references so far, with an index by name."""

    def __init__(self, steps: Steps) -> None:
        self.references: list[Reference] = []
        self._by_name: defaultdict[tuple[ReferenceKind, str], list[int]] = defaultdict(list)
        self._steps = steps

    def add(self, each: Reference) -> None:
        """Add a reference; merge it into an equal one, or drop it if another one includes it."""
        place = self._covering(each)
        if place is None:
            self._by_name[each.kind, each.names[0]].append(len(self.references))
            self.references.append(each)
            return
        known = self.references[place]
        if set(known.names) == set(each.names):
            by = tuple(sorted({*known.by, *each.by}))
            required, unsure = known.required or each.required, known.unsure and each.unsure
            self.references[place] = known._replace(by=by, required=required, unsure=unsure)
        else:
            others = dict.fromkeys((*known.others, *(name for name in each.names if name not in known.names)))
            self.references[place] = known._replace(others=tuple(others))

    def _covering(self, each: Reference) -> int | None:
        found: int | None = None
        for name in each.names:
            for place in self._by_name.get((each.kind, name), ()):
                self._steps.take()
                if _covers(self.references[place], each):
                    found = place if found is None else min(found, place)
                    break
        return found


def _covers(one: Reference, other: Reference) -> bool:
    surer = _ORDER.index(one.confidence) <= _ORDER.index(other.confidence)
    return one.kind is other.kind and surer and set(one.names) <= set(other.names)
