"""Differences between a lock's target and the current one, as messages."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from pip_sysdeps.lock.arrangement import ordered
from pip_sysdeps.lock.document import LockedDistribution, LockedNeed, LockedPackage, Target, Unresolved
from pip_sysdeps.words import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pip_sysdeps.lock.document import LockedFile

_NOT_COMPARED = {"release", "min", "provides", "version", "snapshot", "installs"}
"""Keys that depend on the build machine or the day, or that other differences cover.

A distribution's version has its own message.
"""
_FOLDED = {"by", "by_more"}
"""Keys that give one message for all needs: which files need something."""

_Part = TypeVar("_Part")
_Key = TypeVar("_Key", bound="str | tuple[str, ...]")
_Pairs: TypeAlias = "list[tuple[_Key, _Part | None, _Part | None]]"
_Document = TypeVar("_Document", Target, LockedDistribution, LockedNeed, Unresolved, LockedPackage)


def differences(locked: Target, found: Target) -> tuple[str, ...]:
    """Return messages about the differences of two targets.

    `min`, `provides`, `version`, `release`, `snapshot` and a target's `note` are ignored. The result is empty if and
    only if `lock` would write the same block, apart from these keys. An added or removed distribution covers its needs.
    All changed needs of base packages give one message; so do all changed files.
    """
    told = _Differences(ordered(locked), ordered(found))
    return tuple(told.all())


class _Differences:
    """The comparison of two targets; folded differences are collected."""

    def __init__(self, locked: Target, found: Target) -> None:
        self._locked = locked
        self._found = found
        self._files: list[str] = []
        self._base: list[str] = []

    def all(self) -> Iterator[str]:
        """Yield every difference, the folded ones last."""
        yield from _of_keys("", self._locked, self._found)
        for name, old, new in _pairs(self._locked.distribution, self._found.distribution, lambda each: each.name):
            yield from self._of_distribution(name, old, new)
        for file, before, after in _pairs(self._locked.unattributed, self._found.unattributed, lambda each: each.file):
            yield from self._of_file(file, before, after)
        for (name, by, *_), was, now in _pairs(self._locked.unresolved, self._found.unresolved, _key_of_unresolved):
            yield from self._of_part(f"{name} of {by or 'the environment'}", was, now, "unresolved")
        yield from self._of_packages()
        if self._base:
            yield f"needs of base packages: {listed(self._base)}"
        if self._files:
            yield f"other files with the same need: {listed(self._files)}"

    def _of_distribution(
        self, name: str, locked: LockedDistribution | None, found: LockedDistribution | None
    ) -> Iterator[str]:
        if locked is None or found is None:
            yield (
                f"{_called(locked)} is locked, but is not installed or needs nothing"
                if locked
                else f"{_called(found)} is installed, but not locked"
            )
            return
        if locked.version != found.version:
            yield f"{_called(locked)} is locked, {found.version or 'an editable one'} is installed"
        else:
            yield from _of_keys(f"{name}: ", locked, found)
        yield from self._of_needs(name, locked, found)

    def _of_file(self, file: str, locked: LockedFile | None, found: LockedFile | None) -> Iterator[str]:
        if locked and found:
            yield from self._of_needs(file, locked, found)
        else:
            yield f"{file} is in no RECORD and not locked" if found else f"{file} is locked, but is gone or in a RECORD"

    def _of_needs(
        self, holder: str, locked: LockedDistribution | LockedFile, found: LockedDistribution | LockedFile
    ) -> Iterator[str]:
        old, new = ([*each.needs, *each.offered] for each in (locked, found))
        names = [{need.name for each in side.base for need in each.needs()} for side in (locked, found)]
        for name, was, now in _with_another_answer(_pairs(old, new, _key_of_need)):
            if was and now and _key_of_need(was) != _key_of_need(now):
                yield f"{name} of {holder}: {_answer(was)} is locked, {_answer(now)} is found"
            elif name not in (names[1] if now is None else names[0] if was is None else ()):  # that is told below
                answer = was or now
                brought = f" ({_answer(answer)})" if answer else ""
                yield from self._of_part(f"{name}{brought} of {holder}", was, now, "needed")
        if locked.base != found.base:
            gone = names[0] ^ names[1] or {each.package for each in (*locked.base, *found.base)}
            self._base.append(f"{', '.join(sorted(gone))} of {holder}")

    def _of_packages(self) -> Iterator[str]:
        named = [{need.package for _, need in target.needs()} for target in (self._locked, self._found)]
        for name, first, second in _pairs(self._locked.package, self._found.package, lambda each: each.name):
            if name not in named[0] ^ named[1]:  # it comes or goes with its needs, and they are told
                yield from self._of_part(name, first, second, "needed")

    def _of_part(self, what: str, locked: _Document | None, found: _Document | None, word: str) -> Iterator[str]:
        if locked is None or found is None:
            yield f"{what} is {word} and not locked" if locked is None else f"{what} is locked, but no longer {word}"
            return
        yield from _of_keys(f"{what}: ", locked, found)
        if any(getattr(locked, key, None) != getattr(found, key, None) for key in _FOLDED):
            self._files.append(what)


def _of_keys(where: str, locked: _Document, found: _Document) -> Iterator[str]:
    """Compare the plain keys of two documents."""
    for each in fields(locked):
        old, new = getattr(locked, each.name), getattr(found, each.name)
        about_names = isinstance(locked, Target) and each.name == "note"
        if old != new and "of" not in each.metadata and each.name not in _NOT_COMPARED | _FOLDED and not about_names:
            yield f"{where}{each.name.rstrip('_').replace('_', '-')} {_shown(old)} is locked, {_shown(new)} is found"


def _pairs(locked: Iterable[_Part], found: Iterable[_Part], key: Callable[[_Part], _Key]) -> _Pairs[_Key, _Part]:
    """Return what two states have under each key, in key order; parts with equal keys are paired in order."""
    old, new = _keyed(locked, key), _keyed(found, key)
    return [(name, old.get((name, number)), new.get((name, number))) for name, number in sorted({*old, *new})]


def _with_another_answer(pairs: _Pairs[tuple[str, ...], LockedNeed]) -> _Pairs[str, LockedNeed]:
    """Join a need that only the old lock has with one of the same name that only the new one has."""
    joined: _Pairs[str, LockedNeed] = []
    for (name, *_), was, now in pairs:
        last = joined[-1] if joined else None
        if (
            last
            and last[0] == name
            and (last[1] is None) != (last[2] is None)
            and (was is None) == (last[1] is not None)
        ):
            joined[-1] = (name, last[1] or was, last[2] or now)
        else:
            joined.append((name, was, now))
    return joined


def _answer(need: LockedNeed) -> str:
    """Return the answer of a need as a word."""
    return need.installed or need.distribution or need.path or need.class_


def _keyed(parts: Iterable[_Part], key: Callable[[_Part], _Key]) -> dict[tuple[_Key, int], _Part]:
    """Return each part by its key and its number among those with that key."""
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
    """Return what identifies an unresolved need in a target; one without a distribution by its files."""
    return (unresolved.name, unresolved.distribution, *(() if unresolved.distribution else unresolved.by))


def _called(distribution: LockedDistribution | None) -> str:
    return " ".join(filter(None, (distribution.name, distribution.version))) if distribution else ""


def _shown(value: str | tuple[str, ...] | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return (", ".join(value) if isinstance(value, tuple) else str(value)) or "nothing"
