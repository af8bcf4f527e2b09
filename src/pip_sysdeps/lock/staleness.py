"""In what a lock's target is not what is found today, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from pip_sysdeps.lock.document import LockedDistribution, LockedNeed, LockedPackage, Target, Unresolved, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_NOT_COMPARED = {"min", "version", "snapshot", "evidence"}
"""What the build machine, the day or our own wording decides, not the environment.

A distribution's version has words of its own.
"""

_Part = TypeVar("_Part")
_Key = TypeVar("_Key", bound="str | tuple[str, ...]")
_Pairs: TypeAlias = "list[tuple[_Key, _Part | None, _Part | None]]"
_Document = TypeVar("_Document", Target, LockedDistribution, LockedNeed, Unresolved, LockedPackage)


def differences(locked: Target, found: Target) -> tuple[str, ...]:
    """Say in words in what two states of a target differ; `min`, `version`, `snapshot` and `evidence` do not count.

    Nothing is said exactly if `lock` would write the same block again, those keys aside.
    """
    return tuple(_differences(ordered(locked), ordered(found)))


def _differences(locked: Target, found: Target) -> Iterator[str]:
    yield from _of_keys("", locked, found)
    for name, old, new in _pairs(locked.distribution, found.distribution, lambda each: each.name):
        yield from _of_distribution(name, old, new)
    for file, before, after in _pairs(locked.unattributed, found.unattributed, lambda each: each.file):
        if before is None or after is None:
            yield f"{file} is in no record and not locked" if after else f"{file} is locked, and is gone or in a record"
        yield from _of_needs(file, before.needs if before else (), after.needs if after else ())
    for (name, by, *_), was, now in _pairs(locked.unresolved, found.unresolved, _key_of_unresolved):
        yield from _of_part(f"{name} of {by or 'the environment'}", was, now, "unresolved")
    told = {need.package for _, need in locked.needs()} ^ {need.package for _, need in found.needs()}
    for name, first, second in _pairs(locked.package, found.package, lambda each: each.name):
        if name not in told:  # it comes or goes with its needs, and they are told
            yield from _of_part(name, first, second, "needed")


def _of_distribution(name: str, locked: LockedDistribution | None, found: LockedDistribution | None) -> Iterator[str]:
    if locked is None or found is None:
        yield (
            f"{_called(locked)} is locked, and is not installed or needs nothing"
            if locked
            else f"{_called(found)} is installed and not locked"
        )
    elif locked.version != found.version:
        yield f"{_called(locked)} is locked, {found.version or 'an editable one'} is installed"
    else:
        yield from _of_keys(f"{name}: ", locked, found)
    if found is not None:
        yield from _of_needs(name, locked.needs if locked else (), found.needs)


def _of_needs(holder: str, locked: Iterable[LockedNeed], found: Iterable[LockedNeed]) -> Iterator[str]:
    for (name, *_), old, new in _pairs(locked, found, _key_of_need):
        answer = old or new
        brought = f" ({answer.package or answer.class_})" if answer else ""
        yield from _of_part(f"{name}{brought} of {holder}", old, new, "needed")


def _of_part(what: str, locked: _Document | None, found: _Document | None, word: str) -> Iterator[str]:
    if locked is None:
        yield f"{what} is {word} and not locked"
    elif found is None:
        yield f"{what} is locked and no longer {word}"
    else:
        yield from _of_keys(f"{what}: ", locked, found)


def _of_keys(where: str, locked: _Document, found: _Document) -> Iterator[str]:
    """Compare the plain keys of two documents."""
    for each in fields(locked):
        old, new = getattr(locked, each.name), getattr(found, each.name)
        if old != new and "of" not in each.metadata and each.name not in _NOT_COMPARED:
            yield f"{where}{each.name.rstrip('_').replace('_', '-')} {_shown(old)} is locked, {_shown(new)} is found"


def _pairs(locked: Iterable[_Part], found: Iterable[_Part], key: Callable[[_Part], _Key]) -> _Pairs[_Key, _Part]:
    """Return what two states have under each key, in the keys' order; of several under one key, each with its like."""
    old, new = _keyed(locked, key), _keyed(found, key)
    return [(name, old.get((name, number)), new.get((name, number))) for name, number in sorted({*old, *new})]


def _keyed(parts: Iterable[_Part], key: Callable[[_Part], _Key]) -> dict[tuple[_Key, int], _Part]:
    """Return each part under its key and its number among those with that key."""
    counts: Counter[_Key] = Counter()
    keyed = {}
    for part in parts:
        name = key(part)
        keyed[name, counts[name]] = part
        counts[name] += 1
    return keyed


def _key_of_need(need: LockedNeed) -> tuple[str, ...]:
    return (need.name, need.package, need.class_, need.path, need.distribution)


def _key_of_unresolved(unresolved: Unresolved) -> tuple[str, ...]:
    """Tell the unresolved needs of one target apart; those of unclaimed files by the file."""
    return (unresolved.name, unresolved.distribution, *(() if unresolved.distribution else unresolved.by))


def _called(distribution: LockedDistribution | None) -> str:
    return " ".join(filter(None, (distribution.name, distribution.version))) if distribution else ""


def _shown(value: str | tuple[str, ...] | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return (", ".join(value) if isinstance(value, tuple) else str(value)) or "nothing"
