"""Arrange a target: the order of its parts, the array of each need, and the install line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeVar

from pip_sysdeps.lock.document import LockedBase, LockedDistribution, LockedFile, LockedNeed
from pip_sysdeps.lock.schema import keys_of
from pip_sysdeps.lock.selection import is_in_line, packages_to_install

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pip_sysdeps.lock.document import Target, Unresolved

_Holder = TypeVar("_Holder", LockedDistribution, LockedFile)
_Row = TypeVar("_Row", "LockedNeed", "Unresolved")


def arrange(target: Target) -> Target:
    """Return the target in the form of the file: parts sorted, each need in its array, with the install line."""
    base = target.base
    arranged = replace(
        target,
        distribution=tuple(
            _arrange_holder(replace(each, vendored=tuple(sorted(each.vendored))), each.when or target.when, base)
            for each in sorted(target.distribution, key=lambda each: each.name)
        ),
        unattributed=tuple(
            _arrange_holder(each, target.when, base) for each in sorted(target.unattributed, key=lambda each: each.file)
        ),
        unresolved=tuple(
            sorted(
                map(_sort_files, target.unresolved),
                key=lambda each: (each.name, each.distribution, _order(each)),
            )
        ),
        package=tuple(sorted(target.package, key=lambda each: each.name)),
    )
    return replace(arranged, installs=tuple(each.package.name for each in packages_to_install(arranged)))


def array_of(need: LockedNeed, when: Collection[str], base: Collection[str]) -> Literal["needs", "offered", "base"]:
    """Return the array of a need.

    Needs that the policy decides are never in `base`, which has no reasons. A need with a class is in the same array
    as one with a package.
    """
    if need.package in base and not need.policy:
        return "base"
    return "needs" if is_in_line(need, when) else "offered"


def _arrange_holder(holder: _Holder, when: Collection[str], base: Collection[str]) -> _Holder:
    arrays: dict[str, list[LockedNeed]] = {"needs": [], "offered": [], "base": []}
    for need in holder.all_needs():
        arrays[array_of(need, when, base)].append(need)
    return replace(
        holder,
        needs=_sort_needs(arrays["needs"]),
        offered=_sort_needs(arrays["offered"]),
        base=tuple(_by_package(arrays["base"])),
    )


def _by_package(needs: Iterable[LockedNeed]) -> Iterable[LockedBase]:
    """Merge the needs that one package provides; each alternative is listed."""
    grouped: dict[str, list[LockedNeed]] = {}
    for need in needs:
        grouped.setdefault(need.package, []).append(need)
    for package, answered in sorted(grouped.items()):
        yield LockedBase(
            package=package,
            sonames=_names(name for each in answered for name in (each.soname, *each.any_of)),
            programs=_names(each.program for each in answered),
            files=_names(each.file for each in answered),
        )


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*names} - {""}))


def _sort_needs(needs: Iterable[LockedNeed]) -> tuple[LockedNeed, ...]:
    return tuple(sorted(map(_sort_files, needs), key=lambda need: (need.name, _order(need))))


def _sort_files(row: _Row) -> _Row:
    files = tuple(sorted(row.by))
    return row if files == row.by else replace(row, by=files)


def _order(document: LockedNeed | Unresolved) -> tuple[object, ...]:
    return tuple([getattr(document, each.name) for each, _ in keys_of(type(document))])
