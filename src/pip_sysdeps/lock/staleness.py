"""Differences between a lock's target and the current one, as messages."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from pip_sysdeps.lock.arrangement import arrange
from pip_sysdeps.lock.document import LockedDistribution, LockedNeed, LockedPackage, Target, Unresolved
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pip_sysdeps.lock.document import LockedFile

_NOT_COMPARED = {
    "release",  # the build machine's point release
    "min",  # from the build machine's installed packages
    "provides",  # the same
    "version",  # a package's is the day's; a distribution's has its own message
    "snapshot",  # the day's
    "installs",  # follows from the needs, which are compared
}
"""Keys that are not compared, with the reason."""
_FILE_KEYS = {"by", "by_more"}
"""Keys with the files of a need; their changes share one message."""

_Part = TypeVar("_Part")
_Key = TypeVar("_Key", bound="str | tuple[str, ...]")
_Pairs: TypeAlias = "list[tuple[_Key, _Part | None, _Part | None]]"
_Document = TypeVar("_Document", Target, LockedDistribution, LockedNeed, Unresolved, LockedPackage)


def differences(locked: Target, found: Target) -> tuple[str, ...]:
    """Return messages about the differences of two targets.

    `min`, `provides`, `version`, `release`, `snapshot` and a target's `note` are ignored. The result is empty if and
    only if `lock` would write the same block, apart from these keys. An added or removed distribution covers its needs.
    All changed needs of base packages are one message, and so are all changed files.
    """
    return tuple(_Differences(arrange(locked), arrange(found)).all())


class _Differences:
    """The comparison of two targets. Changes that share one message are collected until the end."""

    def __init__(self, locked: Target, found: Target) -> None:
        self._locked = locked
        self._found = found
        self._files: list[str] = []
        self._base: list[str] = []

    def all(self) -> Iterator[str]:
        """Yield every difference; the shared messages come last."""
        yield from _key_differences("", self._locked, self._found)
        for name, old, new in _pairs(self._locked.distribution, self._found.distribution, lambda each: each.name):
            yield from self._distribution_differences(name, old, new)
        yield from self._file_differences()
        yield from self._unresolved_differences()
        yield from self._package_differences()
        if self._base:
            yield f"needs of base packages: {format_list(self._base)}"
        if self._files:
            yield f"needed by other files than those in the lock: {format_list(self._files)}"

    def _distribution_differences(
        self, name: str, locked: LockedDistribution | None, found: LockedDistribution | None
    ) -> Iterator[str]:
        if locked is None or found is None:
            yield (
                f"{_name_and_version(locked)} is locked, but is not installed or needs nothing"
                if locked
                else f"{_name_and_version(found)} is installed, but not locked"
            )
            return
        if locked.version != found.version:
            yield f"{_name_and_version(locked)} is locked, {found.version or 'an editable install'} is installed"
        else:
            yield from _key_differences(f"{name}: ", locked, found)
        yield from self._need_differences(name, locked, found)

    def _file_differences(self) -> Iterator[str]:
        for file, old, new in _pairs(self._locked.unattributed, self._found.unattributed, lambda each: each.file):
            if old and new:
                yield from self._need_differences(file, old, new)
            else:
                state = (
                    "is listed in no RECORD and is not locked"
                    if new
                    else "is locked, but is gone or listed in a RECORD"
                )
                yield f"{file} {state}"

    def _unresolved_differences(self) -> Iterator[str]:
        for (name, by, *_), old, new in _pairs(self._locked.unresolved, self._found.unresolved, _key_of_unresolved):
            yield from self._part_differences(f"{name} of {by or 'the environment'}", old, new, "unresolved")

    def _need_differences(
        self, holder: str, locked: LockedDistribution | LockedFile, found: LockedDistribution | LockedFile
    ) -> Iterator[str]:
        all_locked, all_found = ([*each.needs, *each.offered] for each in (locked, found))
        base_locked, base_found = (
            {need.name for base in each.base for need in base.needs()} for each in (locked, found)
        )
        for name, old, new in _join_changed_answers(_pairs(all_locked, all_found, _key_of_need)):
            in_other_base = base_found if new is None else base_locked if old is None else ()
            if old and new and _key_of_need(old) != _key_of_need(new):
                yield f"{name} of {holder}: {_provider(old)} is locked, {_provider(new)} is found"
            elif name not in in_other_base:  # else it is reported with the base packages
                answer = old or new
                provider = f" ({_provider(answer)})" if answer else ""
                yield from self._part_differences(f"{name}{provider} of {holder}", old, new, "needed")
        if locked.base != found.base:
            changed = base_locked ^ base_found or {each.package for each in (*locked.base, *found.base)}
            self._base.append(f"{', '.join(sorted(changed))} of {holder}")

    def _package_differences(self) -> Iterator[str]:
        locked, found = ({need.package for _, need in target.needs()} for target in (self._locked, self._found))
        for name, old, new in _pairs(self._locked.package, self._found.package, lambda each: each.name):
            if name not in locked ^ found:  # else its needs are reported already
                yield from self._part_differences(name, old, new, "needed")

    def _part_differences(
        self, what: str, locked: _Document | None, found: _Document | None, word: str
    ) -> Iterator[str]:
        if locked is None or found is None:
            yield f"{what} is {word} and not locked" if locked is None else f"{what} is locked, but no longer {word}"
            return
        yield from _key_differences(f"{what}: ", locked, found)
        if any(getattr(locked, key, None) != getattr(found, key, None) for key in _FILE_KEYS):
            self._files.append(what)


def _key_differences(where: str, locked: _Document, found: _Document) -> Iterator[str]:
    """Compare the plain keys of two documents."""
    for each in fields(locked):
        old, new = getattr(locked, each.name), getattr(found, each.name)
        is_target_note = isinstance(locked, Target) and each.name == "note"
        if (
            old != new
            and "of" not in each.metadata
            and each.name not in _NOT_COMPARED | _FILE_KEYS
            and not is_target_note
        ):
            yield f"{where}{each.name.rstrip('_').replace('_', '-')} {_shown(old)} is locked, {_shown(new)} is found"


def _pairs(locked: Iterable[_Part], found: Iterable[_Part], key: Callable[[_Part], _Key]) -> _Pairs[_Key, _Part]:
    """Return each key with its locked and found part, sorted; parts with equal keys are paired in order."""
    old, new = _number_by_key(locked, key), _number_by_key(found, key)
    return [(name, old.get((name, number)), new.get((name, number))) for name, number in sorted({*old, *new})]


def _join_changed_answers(pairs: _Pairs[tuple[str, ...], LockedNeed]) -> _Pairs[str, LockedNeed]:
    """Join a need that only the old lock has with a need of the same name that only the new one has."""
    joined: _Pairs[str, LockedNeed] = []
    for (name, *_), old, new in pairs:
        previous = joined[-1] if joined else None
        if (
            previous
            and previous[0] == name
            and (previous[1] is None) != (previous[2] is None)
            and (old is None) == (previous[1] is not None)
        ):
            joined[-1] = (name, previous[1] or old, previous[2] or new)
        else:
            joined.append((name, old, new))
    return joined


def _provider(need: LockedNeed) -> str:
    """Return the provider of a need, in one word."""
    return need.installed or need.distribution or need.path or need.class_


def _number_by_key(parts: Iterable[_Part], key: Callable[[_Part], _Key]) -> dict[tuple[_Key, int], _Part]:
    """Return each part by its key and its number among the parts with this key."""
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
    """Return the key of an unresolved need: its name and distribution, or its files without one."""
    return (unresolved.name, unresolved.distribution, *(() if unresolved.distribution else unresolved.by))


def _name_and_version(distribution: LockedDistribution | None) -> str:
    return " ".join(filter(None, (distribution.name, distribution.version))) if distribution else ""


def _shown(value: str | tuple[str, ...] | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return (", ".join(value) if isinstance(value, tuple) else str(value)) or "nothing"
