"""The differences of two locks or targets: which binary packages are added or removed, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from pip_sysdeps.report.reasons import Sides, display_name, reasons, side_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.lock.document import LockedNeed, LockedPackage, Lockfile, Target, Unresolved
    from pip_sysdeps.packages.closure import Closures, Cost

_PLAIN_KEYS = (
    "release",
    "architecture",
    "libc",
    "python",
    "needs_glibc",
    "needs_musl",
    "library_path",
    "when",
    "snapshot",
)

_MOST_COMPARED = 100_000
"""Moved packages times those that stay, for which sizes are computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChange:
    """One binary package that is not needed in the same way on both sides."""

    change: str
    """`added`, `removed` or `changed`."""
    name: str
    """Its name."""
    in_line: bool
    """Whether it is, or was, in the install line."""
    because: tuple[str, ...]
    """The reasons as messages; sorted."""
    holders: tuple[str, ...] = ()
    """Who needs or needed an added or removed package; sorted."""
    details: tuple[str, ...] = ()
    """Those of `because` that say more than that a distribution was added or removed."""
    adds: Cost | None = None
    """What an added or removed package adds to the unchanged packages; None if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionChange:
    """One distribution that differs between the locks."""

    change: str
    """`added`, `removed` or `changed`."""
    name: str
    """Its normalized name."""
    old: str
    """Its version before; empty if it was not in the lock, or editable."""
    new: str
    """Its version now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnresolvedChange:
    """One need that is unresolved on only one side."""

    change: str
    """`added` or `removed`."""
    name: str
    """What is needed."""
    distribution: str
    """Who needs it; empty for a file that no RECORD lists."""
    when: str
    """When it is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """One plain key of a target."""

    key: str
    """As in the lock: `needs-glibc`."""
    old: str
    """Its old value; empty if it was absent."""
    new: str
    """Its new value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDiff:
    """The differences of one target."""

    id: str
    """The target, or `OLD and NEW` for two."""
    change: str
    """`added` or `removed` for a target of only one side, else `changed`."""
    packages: tuple[PackageChange, ...]
    """Those of the install line first, then by name."""
    distributions: tuple[DistributionChange, ...]
    """By name."""
    unresolved: tuple[UnresolvedChange, ...]
    """By name and distribution."""
    keys: tuple[KeyChange, ...]
    """In the order of the lock."""


Line: TypeAlias = "Callable[[Target], Iterable[tuple[str, LockedNeed]]]"
"""Yields the needs of a target's install line with their holders."""


def diff_locks(old: Lockfile, new: Lockfile, line: Line) -> tuple[TargetDiff, ...]:
    """Return the differences by target, without equal targets."""
    before, after = {each.id: each for each in old.target}, {each.id: each for each in new.target}
    found = (diff_targets(before.get(name), after.get(name), line) for name in sorted({*before, *after}))
    return tuple(each for each in found if each is not None)


def diff_targets(
    old: Target | None, new: Target | None, line: Line, installed: Mapping[str, str] | None = None
) -> TargetDiff | None:
    """Return the differences of two targets, of which one may be missing; None if they are equal.

    `installed` has the version of every distribution of the new side, if known, even of those without needs.
    """
    names = list(dict.fromkeys(each.id for each in (old, new) if each))
    found = TargetDiff(
        id=" and ".join(names),
        change="added" if old is None else "removed" if new is None else "changed",
        packages=tuple(sorted(_packages(old, new, line, installed), key=lambda each: (not each.in_line, each.name))),
        distributions=tuple(_distributions(old, new)),
        unresolved=tuple(_unresolved(old, new)),
        keys=tuple(_keys(old, new)),
    )
    same = not (found.packages or found.distributions or found.unresolved or found.keys)
    return None if same and found.change == "changed" else found


def with_sizes(found: TargetDiff, line: Collection[str], closures: Closures) -> TargetDiff:
    """Return the differences with what each added or removed package adds; `line` is the new one.

    Nothing is added if that takes too long: each moved package is compared with all that stay.
    """
    moved = {each.name for each in found.packages if each.in_line and each.change in {"added", "removed"}}
    stays = [name for name in line if name not in moved and closures.cost((name,)) is not None]
    if len(moved) * len(stays) > _MOST_COMPARED:
        return found
    packages = (
        replace(each, adds=closures.savings((*stays, each.name), stays)) if each.name in moved else each
        for each in found.packages
    )
    return replace(found, packages=tuple(packages))


# ------------------------------------------------------------------------------------------------------------ packages


def _packages(
    old: Target | None, new: Target | None, line: Line, installed: Mapping[str, str] | None
) -> Iterator[PackageChange]:
    """Yield the packages added to or removed from the install line, then the changes of other packages."""
    entries = tuple({each.name: each for each in target.entries()} if target else {} for target in (old, new))
    lines = tuple(_by_package(line(target) if target else ()) for target in (old, new))
    whole = tuple(_by_package(target.needs() if target else ()) for target in (old, new))
    before, after = (side_of(target) if target else None for target in (old, new))
    for name in sorted({*entries[0], *entries[1]}):
        in_line = name in lines[0] or name in lines[1]
        was, now = ((lines if in_line else whole)[side].get(name) for side in (0, 1))
        if now and not was and after:
            sides = Sides(having=after, lacking=before, is_added=True, installed=installed)
            yield _moved(name, now, sides, in_line=in_line)
        elif was and not now and before:
            sides = Sides(having=before, lacking=after, is_added=False, installed=installed)
            yield _moved(name, was, sides, in_line=in_line)
        elif changes := tuple(_of_entry(entries[0].get(name), entries[1].get(name))):
            yield PackageChange(change="changed", name=name, in_line=in_line, because=changes)


def _moved(name: str, needs: Sequence[tuple[str, LockedNeed]], sides: Sides, *, in_line: bool) -> PackageChange:
    because = reasons(name, needs, sides)
    change = "added" if sides.is_added else "removed"
    holders = tuple(sorted({holder for holder, _ in needs}))
    whole = {f"{display_name(sides.having.holders.get(holder), holder)} was {change}" for holder in holders}
    return PackageChange(
        change=change,
        name=name,
        in_line=in_line,
        because=because,
        holders=holders,
        details=tuple(each for each in because if each not in whole),
    )


def _by_package(needs: Iterable[tuple[str, LockedNeed]]) -> dict[str, list[tuple[str, LockedNeed]]]:
    found: dict[str, list[tuple[str, LockedNeed]]] = {}
    for holder, need in needs:
        if need.installed:
            found.setdefault(need.installed, []).append((holder, need))
    return found


def _of_entry(was: LockedPackage | None, now: LockedPackage | None) -> Iterator[str]:
    for what, key in (("at least", "min"), ("pinned to", "version")):
        old, new = getattr(was, key, ""), getattr(now, key, "")
        if old != new:
            yield _changed(what, old, new)


def _changed(what: str, old: str, new: str) -> str:
    if not old:
        return f"{what} {new}, was any version"
    return f"{what} {new}, was {old}" if new else f"any version, was {what} {old}"


# ----------------------------------------------------------------------------------------------------------- the others


def _distributions(old: Target | None, new: Target | None) -> Iterator[DistributionChange]:
    before = {each.name: each for each in old.distribution} if old else {}
    after = {each.name: each for each in new.distribution} if new else {}
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        change = "added" if was is None else "removed" if now is None else "changed"
        versions = was.version if was else "", now.version if now else ""
        if change != "changed" or versions[0] != versions[1]:
            yield DistributionChange(change=change, name=name, old=versions[0], new=versions[1])


def _unresolved(old: Target | None, new: Target | None) -> Iterator[UnresolvedChange]:
    before, after = (_by_name(each.unresolved) if each else {} for each in (old, new))
    for key in sorted(before.keys() ^ after.keys()):
        each = before.get(key) or after[key]
        change = "removed" if key in before else "added"
        yield UnresolvedChange(change=change, name=each.name, distribution=each.distribution, when=each.when)


def _by_name(unresolved: tuple[Unresolved, ...]) -> dict[tuple[str, str], Unresolved]:
    return {(each.name, each.distribution): each for each in unresolved}


def _keys(old: Target | None, new: Target | None) -> Iterator[KeyChange]:
    """Yield the plain keys that differ in a target of both sides."""
    for name in _PLAIN_KEYS if old and new else ():
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield KeyChange(key=name.replace("_", "-"), old=_written(old, name), new=_written(new, name))


def _written(target: Target | None, name: str) -> str:
    """Format a key; the newest C library with who needs it."""
    value = getattr(target, name)
    holder = getattr(target, f"{name}_by", "")
    by = f" ({holder})" if value and holder else ""
    return f"{', '.join(value) if isinstance(value, tuple) else value}{by}"
