"""Rules of a lock for more than one value: names of its package manager, references, repetitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.lock.arrangement import array_of
from pip_sysdeps.lock.schema import Problem, problems_of, repeated_names
from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.packages.registry import family_of
from pip_sysdeps.printing import printable
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pip_sysdeps.lock.document import LockedDistribution, LockedFile, LockedNeed, Lockfile, Target, Unresolved

_SHOWN_LENGTH = 60


def problems_of_lock(lock: Lockfile) -> Iterator[Problem]:
    """Yield each violation in a lock, with its key."""
    yield from problems_of(lock)
    yield from repeated_names("target", "id", [target.id for target in lock.target])
    for number, target in enumerate(lock.target):
        where = f"target[{number}]"
        yield from _problems_of_target(target, where)


def _problems_of_target(target: Target, where: str) -> Iterator[Problem]:
    yield from repeated_names(f"{where}.distribution", "name", [each.name for each in target.distribution])
    yield from repeated_names(f"{where}.unattributed", "file", [each.file for each in target.unattributed])
    yield from repeated_names(f"{where}.package", "name", [each.name for each in target.package])
    yield from _problems_of_names(target, where)
    packages = {package.name for package in target.package}
    for place, need in _needs(target, where):
        yield from _problems_of_need(need, packages, place)
    for place, holder in _holders(target, where):
        for number, each in enumerate(holder.base):
            if not (each.sonames or each.programs or each.files):
                yield Problem(f"{place}.base[{number}]", "needs at least one of sonames, programs and files")
    for number, unresolved in enumerate(target.unresolved):
        if _names(unresolved) != 1:
            yield Problem(f"{where}.unresolved[{number}]", "needs exactly one of soname, any-of, program and file")


def _holders(target: Target, where: str) -> Iterator[tuple[str, LockedDistribution | LockedFile]]:
    yield from ((f"{where}.distribution[{number}]", each) for number, each in enumerate(target.distribution))
    yield from ((f"{where}.unattributed[{number}]", each) for number, each in enumerate(target.unattributed))


def problems_of_line(lock: Lockfile) -> Iterator[Problem]:
    """Yield each mismatch between the arrays of a lock and its needs, which make the install line wrong."""
    for number, target in enumerate(lock.target):
        where, base = f"target[{number}]", target.base
        for place, holder in _holders(target, where):
            when = getattr(holder, "when", ()) or target.when
            for key, needs in (("needs", holder.needs), ("offered", holder.offered)):
                arrays = [array_of(need, when, base) for need in needs]
                wrong = [(index, array) for index, array in enumerate(arrays) if array != key]
                yield from (Problem(f"{place}.{key}[{index}]", f"belongs in `{array}`") for index, array in wrong)
        computed = {each.package.name for each in packages_to_install(target)}
        changes = [f"+{name}" for name in sorted(computed - {*target.installs})]
        changes += [f"-{name}" for name in sorted({*target.installs} - computed)]
        if changes or len(computed) != len(target.installs):
            yield Problem(
                f"{where}.installs", f"does not match the needs: {format_list(changes) or 'names are repeated'}"
            )


def _problems_of_names(target: Target, where: str) -> Iterator[Problem]:
    """Yield names and versions that are invalid for the target's package manager; none if it is unknown."""
    family = family_of(target.package_manager)
    if family is None:
        return
    for place, text in _named_packages(target, where):
        if text and not family.names.package(text):
            yield Problem(place, f"`{_shown(text)}` is not a valid {family.names.words}")
    for place, capability in _named_capabilities(target, where):
        if not family.names.capability(capability):
            yield Problem(place, f"`{_shown(capability)}` is not a valid capability of {family.manager}")
    for number, each in enumerate(target.package):
        for key, version in (("min", each.min), ("version", each.version)):
            if version and not family.names.version(version):
                place = f"{where}.package[{number}].{key}"
                yield Problem(place, f"`{_shown(version)}` is not a valid {family.names.version_words}")


def _named_capabilities(target: Target, where: str) -> Iterator[tuple[str, str]]:
    """Yield each capability with its location."""
    yield from ((f"{place}.capability", need.capability) for place, need in _needs(target, where) if need.capability)
    for number, package in enumerate(target.package):
        place = f"{where}.package[{number}].provides"
        yield from ((f"{place}[{index}]", each) for index, each in enumerate(package.provides))


def _named_packages(target: Target, where: str) -> Iterator[tuple[str, str]]:
    """Yield each package with its location: that of the needs with it, otherwise that of its entry."""
    yield from ((f"{place}.package", need.package) for place, need in _needs(target, where))
    for place, holder in _holders(target, where):
        yield from ((f"{place}.base[{number}].package", each.package) for number, each in enumerate(holder.base))
    named = {need.package for _, need in target.needs()}
    for number, each in enumerate(target.package):
        if each.name not in named:
            yield f"{where}.package[{number}].name", each.name


def _needs(target: Target, where: str) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need in `needs` and `offered`, with its location."""
    for place, holder in _holders(target, where):
        for key, needs in (("needs", holder.needs), ("offered", holder.offered)):
            yield from ((f"{place}.{key}[{number}]", need) for number, need in enumerate(needs))


def _shown(text: str) -> str:
    return printable(text[:_SHOWN_LENGTH])


def _problems_of_need(need: LockedNeed, packages: Collection[str], where: str) -> Iterator[Problem]:
    if _names(need) != 1 and not (need.policy and need.package and _names(need) == 0):
        yield Problem(where, "needs exactly one of soname, any-of, program and file")
    if sum(map(bool, (need.package, need.capability, need.class_))) != 1:
        yield Problem(where, "needs exactly one of package, capability and class")
    if need.package and need.package not in packages:
        yield Problem(f"{where}.package", f"`{printable(need.package)}` has no entry in `package`")
    if need.class_ == "unowned" and not need.path:
        yield Problem(f"{where}.path", "is missing")


def _names(need: LockedNeed | Unresolved) -> int:
    return sum(map(bool, (need.soname, need.any_of, need.program, need.file)))
