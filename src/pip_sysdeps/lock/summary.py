"""What changed between two locks, in the one line that a person reads after an install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.lock.document import WHENS, Lockfile
from pip_sysdeps.lock.selection import needs_in_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import LockedNeed

SHOWN = 6
"""How many changes the line names before it only counts."""


def summarize(before: Lockfile, after: Lockfile) -> str:
    """Return the changes, most important first: `+libgomp1 (lightgbm), -libpq5`.

    Binary packages that come to the line or leave it (those of every image aside), then names that nothing has any
    more, and only when there are neither the distributions whose entries changed.
    """
    changes = [*_packages(before, after), *_unresolved(before, after)] or list(_distributions(before, after))
    if not changes:
        return _unnamed(before, after)
    more = len(changes) - SHOWN
    return ", ".join(changes[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _unnamed(before: Lockfile, after: Lockfile) -> str:
    """Say what two locks differ in where nothing comes or goes: for a new lock, that it asks for nothing."""
    if not before.target:
        return "no binary package is needed"
    return "its form alone" if before == after else "details of its packages"


def _packages(before: Lockfile, after: Lockfile) -> Iterator[str]:
    old, new = _needed_packages(before), _needed_packages(after)
    yield from (f"+{name} ({new[name]})" for name in sorted(new.keys() - old.keys()))
    yield from (f"-{name}" for name in sorted(old.keys() - new.keys()))


def _needed_packages(lock: Lockfile) -> dict[str, str]:
    """Return each binary package of the line, with who needs it, and when if not at import."""
    base = {name for target in lock.target for name in target.base}
    needs: dict[str, list[tuple[str, LockedNeed]]] = {}
    for target in lock.target:
        for owner, need in needs_in_line(target):
            if need.installed not in base:
                needs.setdefault(need.installed, []).append((owner, need))
    return {name: _reason(pairs) for name, pairs in needs.items()}


def _reason(pairs: list[tuple[str, LockedNeed]]) -> str:
    """Return who needs a package most: at import before all else, then by name."""
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
