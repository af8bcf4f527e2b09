"""A one-line summary of the changes between two locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.lock.document import WHENS
from pip_sysdeps.lock.selection import needs_in_line
from pip_sysdeps.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import LockedNeed, Lockfile, Target

SHOWN = 6
"""How many changes are listed; the rest is counted."""
_FEW = 3
SAME_LINE = "the install line does not change"
"""The message if no package is added or removed."""


def summarize(before: Lockfile, after: Lockfile) -> str:
    """Return the changes of the install line and of unresolved needs, or else the changed distributions.

    `+libgomp1 (lightgbm), -libpq5`; `the install line does not change: lightgbm 4.6.0 -> 4.7.0`; for a new lock without
    needs, `no system package is needed`.
    """
    if changes := [*line_changes(before, after), *_unresolved(before, after)]:
        return listed(changes, SHOWN)
    if not before.target:
        return "no system package is needed"
    others = listed(list(_distributions(before, after)), SHOWN)
    return f"{SAME_LINE}: {others}" if others else SAME_LINE


def other_targets_message(before: Target, after: Target, lock: Lockfile) -> str:
    """Return a message about other targets of a lock that are as this one was before it changed; empty without any.

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
    ids = listed([each for each, some in same.items() if some], _FEW)
    return f"other targets of the lock do not have the change of {listed(names, _FEW)} yet: {ids}; lock them too"


def _versions(target: Target) -> dict[str, str]:
    return {each.name: each.version for each in target.distribution}


def _environment_name(target: Target) -> str:
    """Return what `lock --name` added to an id; empty for an environment without a name."""
    return target.id.partition(f"-{target.architecture}")[2]


def line_message(before: Lockfile, after: Lockfile) -> str:
    """Return the changes of the install line as a message, or that it does not change."""
    changes = list(line_changes(before, after))
    return f"changes in the install line: {listed(changes, SHOWN)}" if changes else SAME_LINE


def line_changes(before: Lockfile, after: Lockfile) -> Iterator[str]:
    """Yield the packages that are added, with who needs them, then those that are removed; by name."""
    old, new = _needed_packages(before), _needed_packages(after)
    yield from (f"+{name} ({new[name]})" for name in sorted(new.keys() - old.keys()))
    yield from (f"-{name}" for name in sorted(old.keys() - new.keys()))


def _needed_packages(lock: Lockfile) -> dict[str, str]:
    """Return each binary package of the line with who needs it, and when if not at import."""
    base = {name for target in lock.target for name in target.base}
    needs: dict[str, list[tuple[str, LockedNeed]]] = {}
    for target in lock.target:
        for owner, need in needs_in_line(target):
            if need.installed not in base:
                needs.setdefault(need.installed, []).append((owner, need))
    return {name: _reason(pairs) for name, pairs in needs.items()}


def _reason(pairs: list[tuple[str, LockedNeed]]) -> str:
    """Return the most important reason for a package: an import first, then by name."""
    when, owner = min((_strength(need.when), owner) for owner, need in pairs)
    others = len({each for each, _ in pairs}) - 1
    words = [f"{owner} and {others} more" if others else owner]
    return ", ".join(words if when == 0 else [*words, WHENS[when] if when < len(WHENS) else "other"])


def _strength(when: str) -> int:
    return WHENS.index(when) if when in WHENS else len(WHENS)


def _unresolved(before: Lockfile, after: Lockfile) -> Iterator[str]:
    old, new = _unresolved_names(before), _unresolved_names(after)
    yield from (f"unresolved {name} ({new[name]})" for name in sorted(new.keys() - old.keys()))


def _unresolved_names(lock: Lockfile) -> dict[str, str]:
    """Return each name that nothing has, with the distribution (or the file without one) that needs it."""
    entries = (entry for target in lock.target for entry in target.unresolved)
    return {entry.name: entry.distribution or ", ".join(entry.by) for entry in entries}


def _distributions(before: Lockfile, after: Lockfile) -> Iterator[str]:
    old = {(target.id, each.name): each for target in before.target for each in target.distribution}
    new = {(target.id, each.name): each for target in after.target for each in target.distribution}
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was and now and was.version != now.version:
            yield f"{key[1]} {was.version or 'editable'} -> {now.version or 'editable'}"
        elif was != now:
            yield f"{key[1]} changed" if was and now else f"{'+' if now else '-'}{key[1]}"
