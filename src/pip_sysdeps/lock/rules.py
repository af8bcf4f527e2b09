"""What must hold of a lock beyond the rule of each value: names of its package manager, references, repetitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.lock.schema import Problem, problems_of, repeated
from pip_sysdeps.packages.registry import family_of
from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pip_sysdeps.lock.document import LockedNeed, Lockfile, Target, Unresolved

_SHOWN_LENGTH = 60


def problems_of_lock(lock: Lockfile) -> Iterator[Problem]:
    """Yield every rule that a lock breaks, each with its key."""
    yield from problems_of(lock)
    yield from repeated("target", "id", [target.id for target in lock.target])
    for number, target in enumerate(lock.target):
        where = f"target[{number}]"
        yield from _problems_of_target(target, where)


def _problems_of_target(target: Target, where: str) -> Iterator[Problem]:
    yield from repeated(f"{where}.distribution", "name", [each.name for each in target.distribution])
    yield from repeated(f"{where}.unattributed", "file", [each.file for each in target.unattributed])
    yield from repeated(f"{where}.package", "name", [each.name for each in target.package])
    yield from _problems_of_names(target, where)
    packages = {package.name for package in target.package}
    holders = [(f"{where}.distribution[{number}]", each.needs) for number, each in enumerate(target.distribution)]
    holders += [(f"{where}.unattributed[{number}]", each.needs) for number, each in enumerate(target.unattributed)]
    for holder, needs in holders:
        for number, need in enumerate(needs):
            yield from _problems_of_need(need, packages, f"{holder}.needs[{number}]")
    for number, unresolved in enumerate(target.unresolved):
        if _names(unresolved) != 1:
            yield Problem(f"{where}.unresolved[{number}]", "has not one of soname, any-of, program and file")


def _problems_of_names(target: Target, where: str) -> Iterator[Problem]:
    """Yield the names and versions that the target's package manager does not have; of an unknown one none is used."""
    family = family_of(target.package_manager)
    if family is None:
        return
    names = [(f"{where}.package[{number}].name", each.name) for number, each in enumerate(target.package)]
    for place, name in names:
        if not family.names.package(name):
            yield Problem(place, f"`{printable(name[:_SHOWN_LENGTH])}` is no {family.names.words}")
    for number, each in enumerate(target.package):
        for key, version in (("min", each.min), ("version", each.version)):
            if version and not family.names.version(version):
                shown = printable(version[:_SHOWN_LENGTH])
                yield Problem(f"{where}.package[{number}].{key}", f"`{shown}` is no {family.names.version_words}")


def _problems_of_need(need: LockedNeed, packages: Collection[str], where: str) -> Iterator[Problem]:
    if _names(need) != 1 and not (need.policy and need.package and _names(need) == 0):
        yield Problem(where, "has not one of soname, any-of, program and file")
    if bool(need.package) == bool(need.class_):
        yield Problem(where, "has not one of package and class")
    if need.package and need.package not in packages:
        yield Problem(f"{where}.package", f"`{printable(need.package)}` is no [[target.package]]")
    if need.class_ == "unowned" and not need.path:
        yield Problem(f"{where}.path", "is missing")


def _names(need: LockedNeed | Unresolved) -> int:
    return sum(map(bool, (need.soname, need.any_of, need.program, need.file)))
