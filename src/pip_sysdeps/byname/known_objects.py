"""What people know of a distribution's own objects: plugins that it starts with, modules that it opens when asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class ObjectsKind(Enum):
    """What is known of some objects; the value is the key of an entry."""

    PLUGINS = "plugins"
    """Plugins that a toolkit always starts with."""
    OPTIONAL = "optional"
    """Modules and libraries that are opened only where somebody asks for them."""


_REQUIRED = {"distribution", "why", "evidence"}
_KEYS = {*_REQUIRED, "versions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownObjects:
    """One entry of the knowledge file about objects."""

    distribution: str
    """Normalized name."""
    kind: ObjectsKind
    """What is known of them."""
    patterns: tuple[str, ...]
    """Paths with `*`, relative to the distribution's folder."""
    why: str
    """One line for the reader of a lock."""
    evidence: str
    """`file: text` of the distribution that shows it."""
    versions: str = ""
    """Version specifier (PEP 440); empty for all."""


def is_about_objects(table: Mapping[str, Any]) -> bool:
    """Return whether an entry of the knowledge file is about objects, not about what is needed by name."""
    return any(kind.value in table for kind in ObjectsKind)


def parse_known_objects(document: Mapping[str, Any]) -> tuple[KnownObjects, ...]:
    """Return the entries about objects.

    Raise MalformedError with the entry's number for one that is not as it must be.
    """
    return tuple(
        _entry(number, table) for number, table in enumerate(document.get("need", ())) if is_about_objects(table)
    )


def _entry(number: int, table: Mapping[str, Any]) -> KnownObjects:
    kinds = [kind for kind in ObjectsKind if kind.value in table]
    if len(kinds) != 1 or table.keys() - _KEYS != {kinds[0].value} or not table.keys() >= _REQUIRED:
        raise MalformedError(
            "an entry about objects needs distribution, why, evidence and one of plugins and optional",
            where=f"need[{number}]",
        )
    return KnownObjects(
        distribution=table["distribution"],
        kind=kinds[0],
        patterns=tuple(table[kinds[0].value]),
        why=table["why"],
        evidence=table["evidence"],
        versions=table.get("versions", ""),
    )


def patterns_of(
    entries: Iterable[KnownObjects], kind: ObjectsKind, version: str, fits: Callable[[str, str], bool]
) -> Mapping[str, str]:
    """Return the patterns of one kind for a version of the distribution, each with why.

    `fits` returns whether a version is in a specifier.
    """
    about = (each for each in entries if each.kind is kind and (not each.versions or fits(version, each.versions)))
    return {pattern: each.why for each in about for pattern in each.patterns}
