"""Compare two locks or targets: which binary packages are added or removed, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from pip_sysdeps.report.reasons import Sides, display_name, index_side, reasons

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

_MAX_COMPARISONS = 100_000
"""Limit on the comparisons (changed times unchanged packages) for which sizes are computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChange:
    """A change of one binary package between the two sides."""

    change: str
    """`added`, `removed` or `changed`."""
    name: str
    """Its name."""
    in_line: bool
    """Whether it is, or was, in the install line."""
    because: tuple[str, ...]
    """The reasons as messages; sorted."""
    holders: tuple[str, ...] = ()
    """The distributions and files that need, or needed, an added or removed package; sorted."""
    details: tuple[str, ...] = ()
    """The reasons of `because` except that a distribution was added or removed."""
    adds: Cost | None = None
    """The cost of an added or removed package beyond the unchanged packages; None if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionChange:
    """One distribution that differs between the locks."""

    change: str
    """`added`, `removed` or `changed`."""
    name: str
    """Its normalized name."""
    old: str
    """Its old version; empty if it was not in the lock, or editable."""
    new: str
    """Its new version; empty if it is not in the lock, or editable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnresolvedChange:
    """One need that is unresolved on only one side."""

    change: str
    """`added` or `removed`."""
    name: str
    """What is needed."""
    distribution: str
    """The distribution that needs it; empty for a file that no RECORD lists."""
    when: str
    """When it is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """A change of one plain key of a target."""

    key: str
    """The key as in the lock, such as `needs-glibc`."""
    old: str
    """Its old value; empty if it was absent."""
    new: str
    """Its new value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDiff:
    """The differences of one target."""

    id: str
    """The target's id, or `OLD and NEW` for two targets."""
    change: str
    """`added` or `removed` if only one side has the target, otherwise `changed`."""
    packages: tuple[PackageChange, ...]
    """The changed packages, those of the install line first, then by name."""
    distributions: tuple[DistributionChange, ...]
    """By name."""
    unresolved: tuple[UnresolvedChange, ...]
    """By name and distribution."""
    keys: tuple[KeyChange, ...]
    """In the order of the lock."""


Line: TypeAlias = "Callable[[Target], Iterable[tuple[str, LockedNeed]]]"
"""Yields the needs of a target's install line with their holders."""


def diff_locks(old: Lockfile, new: Lockfile, line: Line) -> tuple[TargetDiff, ...]:
    """Return the differences by target id; equal targets are omitted."""
    before, after = {each.id: each for each in old.target}, {each.id: each for each in new.target}
    found = (diff_targets(before.get(name), after.get(name), line) for name in sorted({*before, *after}))
    return tuple(each for each in found if each is not None)


def diff_targets(
    old: Target | None, new: Target | None, line: Line, installed: Mapping[str, str] | None = None
) -> TargetDiff | None:
    """Return the differences of two targets; one may be None. Return None if they are equal.

    `installed` has the version of every distribution of the new side, if known, even of those without needs.
    """
    names = list(dict.fromkeys(each.id for each in (old, new) if each))
    found = TargetDiff(
        id=" and ".join(names),
        change="added" if old is None else "removed" if new is None else "changed",
        packages=tuple(
            sorted(_package_changes(old, new, line, installed), key=lambda each: (not each.in_line, each.name))
        ),
        distributions=tuple(_distribution_changes(old, new)),
        unresolved=tuple(_unresolved_changes(old, new)),
        keys=tuple(_key_changes(old, new)),
    )
    same = not (found.packages or found.distributions or found.unresolved or found.keys)
    return None if same and found.change == "changed" else found


def with_sizes(found: TargetDiff, line: Collection[str], closures: Closures) -> TargetDiff:
    """Return the differences with the cost of each added or removed package; `line` is the new install line.

    If that would take too long (each changed package is compared with all unchanged ones), costs are omitted.
    """
    changed = {each.name for each in found.packages if each.in_line and each.change in {"added", "removed"}}
    unchanged = [name for name in line if name not in changed and closures.cost((name,)) is not None]
    if len(changed) * len(unchanged) > _MAX_COMPARISONS:
        return found
    packages = (
        replace(each, adds=closures.savings((*unchanged, each.name), unchanged)) if each.name in changed else each
        for each in found.packages
    )
    return replace(found, packages=tuple(packages))


# ------------------------------------------------------------------------------------------------------------ packages


def _package_changes(
    old: Target | None, new: Target | None, line: Line, installed: Mapping[str, str] | None
) -> Iterator[PackageChange]:
    """Yield the packages added to or removed from the install line, then the changes of other packages."""
    entries = tuple({each.name: each for each in target.entries()} if target else {} for target in (old, new))
    lines = tuple(_by_package(line(target) if target else ()) for target in (old, new))
    all_needs = tuple(_by_package(target.needs() if target else ()) for target in (old, new))
    before, after = (index_side(target) if target else None for target in (old, new))
    for name in sorted({*entries[0], *entries[1]}):
        in_line = name in lines[0] or name in lines[1]
        old_needs, new_needs = ((lines if in_line else all_needs)[side].get(name) for side in (0, 1))
        if new_needs and not old_needs and after:
            sides = Sides(with_package=after, without_package=before, is_added=True, installed=installed)
            yield _added_or_removed(name, new_needs, sides, in_line=in_line)
        elif old_needs and not new_needs and before:
            sides = Sides(with_package=before, without_package=after, is_added=False, installed=installed)
            yield _added_or_removed(name, old_needs, sides, in_line=in_line)
        elif changes := tuple(_entry_changes(entries[0].get(name), entries[1].get(name))):
            yield PackageChange(change="changed", name=name, in_line=in_line, because=changes)


def _added_or_removed(
    name: str, needs: Sequence[tuple[str, LockedNeed]], sides: Sides, *, in_line: bool
) -> PackageChange:
    because = reasons(name, needs, sides)
    change = "added" if sides.is_added else "removed"
    holders = tuple(sorted({holder for holder, _ in needs}))
    plain_reasons = {
        f"{display_name(sides.with_package.holders.get(holder), holder)} was {change}" for holder in holders
    }
    return PackageChange(
        change=change,
        name=name,
        in_line=in_line,
        because=because,
        holders=holders,
        details=tuple(each for each in because if each not in plain_reasons),
    )


def _by_package(needs: Iterable[tuple[str, LockedNeed]]) -> dict[str, list[tuple[str, LockedNeed]]]:
    found: dict[str, list[tuple[str, LockedNeed]]] = {}
    for holder, need in needs:
        if need.installed:
            found.setdefault(need.installed, []).append((holder, need))
    return found


def _entry_changes(old_entry: LockedPackage | None, new_entry: LockedPackage | None) -> Iterator[str]:
    for what, key in (("at least", "min"), ("pinned to", "version")):
        old, new = getattr(old_entry, key, ""), getattr(new_entry, key, "")
        if old != new:
            yield _value_change(what, old, new)


def _value_change(what: str, old: str, new: str) -> str:
    if not old:
        return f"{what} {new}, was any version"
    return f"{what} {new}, was {old}" if new else f"any version, was {what} {old}"


# ----------------------------------------------------------------------------------------------------------- the others


def _distribution_changes(old: Target | None, new: Target | None) -> Iterator[DistributionChange]:
    before = {each.name: each for each in old.distribution} if old else {}
    after = {each.name: each for each in new.distribution} if new else {}
    for name in sorted({*before, *after}):
        old_entry, new_entry = before.get(name), after.get(name)
        change = "added" if old_entry is None else "removed" if new_entry is None else "changed"
        versions = old_entry.version if old_entry else "", new_entry.version if new_entry else ""
        if change != "changed" or versions[0] != versions[1]:
            yield DistributionChange(change=change, name=name, old=versions[0], new=versions[1])


def _unresolved_changes(old: Target | None, new: Target | None) -> Iterator[UnresolvedChange]:
    before, after = (_by_name(each.unresolved) if each else {} for each in (old, new))
    for key in sorted(before.keys() ^ after.keys()):
        each = before.get(key) or after[key]
        change = "removed" if key in before else "added"
        yield UnresolvedChange(change=change, name=each.name, distribution=each.distribution, when=each.when)


def _by_name(unresolved: tuple[Unresolved, ...]) -> dict[tuple[str, str], Unresolved]:
    return {(each.name, each.distribution): each for each in unresolved}


def _key_changes(old: Target | None, new: Target | None) -> Iterator[KeyChange]:
    """Yield the plain keys that differ in a target of both sides."""
    for name in _PLAIN_KEYS if old and new else ():
        old_value, new_value = getattr(old, name), getattr(new, name)
        if old_value != new_value:
            yield KeyChange(key=name.replace("_", "-"), old=_format_key(old, name), new=_format_key(new, name))


def _format_key(target: Target | None, name: str) -> str:
    """Format the value of a key; for the newest C library with the distribution that needs it."""
    value = getattr(target, name)
    holder = getattr(target, f"{name}_by", "")
    by = f" ({holder})" if value and holder else ""
    return f"{', '.join(value) if isinstance(value, tuple) else value}{by}"
