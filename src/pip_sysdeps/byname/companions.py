"""Companions: what a library or program opens itself, but its package does not depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.model.needs import Confidence, FromCapability, FromPackage, Reference, ReferenceKind, When

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pip_sysdeps.model.needs import Need

_KINDS = {kind.value: kind for kind in ReferenceKind}
_REQUIRED = {"of", "why"}
_OPTIONAL = {"confidence", "unless"}


class Companion(NamedTuple):
    """One entry of the file of companions."""

    of: tuple[str, ...]
    """Sonames of libraries, and names of programs, that need it."""
    kind: ReferenceKind
    """The kind of thing that they need."""
    names: tuple[str, ...]
    """Alternatives, best first, as in a `Reference`."""
    why: str
    """One line for readers of a lock."""
    unless: tuple[str, ...] = ()
    """Distributions, by normalized name; if one is installed, it contains what is needed."""
    confidence: Confidence = Confidence.HIGH
    """High if nothing works without it, medium for one of several features."""


def parse_companions(entries: Iterable[Mapping[str, Any]]) -> tuple[Companion, ...]:
    """Parse the entries of the file. Raise MalformedError with the number of the first bad one."""
    return tuple(_companion(entry, f"[{number}]") for number, entry in enumerate(entries))


def _companion(table: Mapping[str, Any], where: str) -> Companion:
    kinds = [kind for key, kind in _KINDS.items() if key in table]
    if len(kinds) != 1 or table.keys() - _OPTIONAL != {*_REQUIRED, kinds[0].value}:
        raise MalformedError("a companion needs of, why and one thing", where=where)
    return Companion(
        of=tuple(table["of"]),
        kind=kinds[0],
        names=tuple(table[kinds[0].value]),
        why=table["why"],
        unless=tuple(table.get("unless", ())),
        confidence=Confidence(table.get("confidence", "high")),
    )


def companion_references(
    needs: Iterable[Need], companions: Mapping[str, tuple[Companion, ...]], installed: Collection[str]
) -> Iterator[Reference]:
    """Yield references to the companions of libraries and programs that system packages provide.

    `companions` are the entries by the names in `of`; `installed` has the names of all distributions. A companion is at
    most as certain as the need for its library or program.
    """
    for need in needs:
        if isinstance(need.provider, FromPackage | FromCapability):
            for name in (need.soname, *need.any_of[:1], need.program):
                for companion in companions.get(name, ()):
                    if not any(distribution in installed for distribution in companion.unless):
                        yield Reference(
                            kind=companion.kind,
                            names=companion.names,
                            when=When.DECLARED,
                            by=need.by,
                            evidence=f"knowledge about {name}: {companion.why}",
                            confidence=companion.confidence if _is_certain(need) else Confidence.MEDIUM,
                        )


def without_stated(found: Iterable[Need], stated: Iterable[Need]) -> tuple[Need, ...]:
    """Return needs without those that other needs state by name with the same or a higher certainty."""
    every = tuple(stated)
    certain = {need.name for need in every if _is_certain(need)}
    names = {need.name for need in every}
    return tuple(each for each in found if each.name not in (certain if _is_certain(each) else names))


def _is_certain(need: Need) -> bool:
    """Return whether a need is in the install line by default."""
    return need.confidence is Confidence.HIGH if need.confidence else need.is_mandatory
