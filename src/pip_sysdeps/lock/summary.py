"""A one-line summary of the changes between two locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.lock.document import WHENS
from pip_sysdeps.lock.selection import needs_in_line
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import LockedNeed, Lockfile, Target

SHOWN = 6
"""Limit on the changes that are listed; the rest is counted."""
_MAX_SHOWN_NAMES = 3
"""Limit on the names that a message lists."""
SAME_LINE = "the install line does not change"
"""The message if no package is added or removed."""


def summarize(before: Lockfile, after: Lockfile) -> str:
    """Return the changes of the install line and of unresolved needs, else the changed distributions.

    Examples: `+libgomp1 (lightgbm), -libpq5`; `the install line does not change: lightgbm 4.6.0 -> 4.7.0`; for a new
    lock without needs, `no system package is needed`.
    """
    if changes := [*line_changes(before, after), *_unresolved_changes(before, after)]:
        return format_list(changes, SHOWN)
    if not before.target:
        return "no system package is needed"
    others = format_list(list(_distributions(before, after)), SHOWN)
    return f"{SAME_LINE}: {others}" if others else SAME_LINE


def other_targets_message(before: Target, after: Target, lock: Lockfile) -> str:
    """Return a message with the other targets of a lock that do not have the changes of a target yet; may be empty.

    A target with another name is another environment. Versions are compared, as needs differ between releases.
    """
    old, new = _versions(before), _versions(after)
    changed = {name: old.get(name) for name in sorted({*old, *new}) if old.get(name) != new.get(name)}
    others = [
        each for each in lock.target if each.id != after.id and _environment_name(each) == _environment_name(after)
    ]
    same = {
        each.id: [name for name, version in changed.items() if _versions(each).get(name) == version] for each in others
    }
    names = list(dict.fromkeys(name for some in same.values() for name in some))
    if not names:
        return ""
    ids = format_list([each for each, some in same.items() if some], _MAX_SHOWN_NAMES)
    changes = format_list(names, _MAX_SHOWN_NAMES)
    return f"other targets of the lock do not have the change of {changes} yet: {ids}; lock them too"


def _versions(target: Target) -> dict[str, str]:
    return {each.name: each.version for each in target.distribution}


def _environment_name(target: Target) -> str:
    """Return what `lock --name` added to an id; empty for an environment without a name."""
    return target.id.partition(f"-{target.architecture}")[2]


def line_message(before: Lockfile, after: Lockfile) -> str:
    """Return a message with the changes of the install line, or that there are none."""
    changes = list(line_changes(before, after))
    return f"changes in the install line: {format_list(changes, SHOWN)}" if changes else SAME_LINE


def line_changes(before: Lockfile, after: Lockfile) -> Iterator[str]:
    """Yield the added packages, with the distributions that need them, then the removed packages; by name."""
    old, new = _needed_packages(before), _needed_packages(after)
    yield from (f"+{name} ({new[name]})" for name in sorted(new.keys() - old.keys()))
    yield from (f"-{name}" for name in sorted(old.keys() - new.keys()))


def _needed_packages(lock: Lockfile) -> dict[str, str]:
    """Return each binary package of the line with the reason for it."""
    base = {name for target in lock.target for name in target.base}
    needs: dict[str, list[tuple[str, LockedNeed]]] = {}
    for target in lock.target:
        for owner, need in needs_in_line(target):
            if need.installed not in base:
                needs.setdefault(need.installed, []).append((owner, need))
    return {name: _reason(pairs) for name, pairs in needs.items()}


def _reason(pairs: list[tuple[str, LockedNeed]]) -> str:
    """Return the most important reason for a package: the distribution, and `when` unless it is an import."""
    when, owner = min((_rank(need.when), owner) for owner, need in pairs)
    others = len({each for each, _ in pairs}) - 1
    words = [f"{owner} and {others} more" if others else owner]
    return ", ".join(words if when == 0 else [*words, WHENS[when] if when < len(WHENS) else "other"])


def _rank(when: str) -> int:
    return WHENS.index(when) if when in WHENS else len(WHENS)


def _unresolved_changes(before: Lockfile, after: Lockfile) -> Iterator[str]:
    old, new = _unresolved_names(before), _unresolved_names(after)
    yield from (f"unresolved {name} ({new[name]})" for name in sorted(new.keys() - old.keys()))


def _unresolved_names(lock: Lockfile) -> dict[str, str]:
    """Return each unresolved name, with the distribution (or the file without one) that needs it."""
    entries = (entry for target in lock.target for entry in target.unresolved)
    return {entry.name: entry.distribution or ", ".join(entry.by) for entry in entries}


def _distributions(before: Lockfile, after: Lockfile) -> Iterator[str]:
    old = {(target.id, each.name): each for target in before.target for each in target.distribution}
    new = {(target.id, each.name): each for target in after.target for each in target.distribution}
    for key in sorted(old.keys() | new.keys()):
        old_one, new_one = old.get(key), new.get(key)
        if old_one and new_one and old_one.version != new_one.version:
            yield f"{key[1]} {old_one.version or 'editable'} -> {new_one.version or 'editable'}"
        elif old_one != new_one:
            yield f"{key[1]} changed" if old_one and new_one else f"{'+' if new_one else '-'}{key[1]}"
