"""Select the packages to install for a target's needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.lock.document import LockedPackage
from pip_sysdeps.packages.family import Item

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pip_sysdeps.lock.document import LockedNeed, Target


class Wanted(NamedTuple):
    """One entry of the install line."""

    package: LockedPackage
    """Its entry in the target, or that of a capability; with a `version` only if that is to be installed."""
    when: tuple[str, ...]
    """When it is needed; sorted."""
    by: tuple[str, ...]
    """The distributions, or files without one, that need it; sorted."""

    @property
    def item(self) -> Item:
        """The entry of the install line."""
        return Item(
            name=self.package.name,
            minimum=self.package.min,
            version=self.package.version,
            capabilities=self.package.provides,
        )


def is_in_line(need: LockedNeed, when: Collection[str] = ()) -> bool:
    """Return whether a need is in the install line; `when` has the words of `install-line --when`.

    The default is: needs of imports and chosen plugins, and of needs by name and declarations those with high
    confidence.
    """
    sure = need.confidence == "high" or (need.when == "declared" and not need.confidence)
    demanded = need.when == "import" or (need.when == "plugin" and bool(need.plugin))
    default = demanded or (need.when in {"dlopen", "exec", "declared"} and sure)
    return need.when in when or (default and (not when or "default" in when))


def needs_in_line(target: Target, when: Collection[str] = ()) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need of the install line with its holder.

    `when` replaces the distribution's `when`, which replaces the target's. Needs with a class (host, unowned,
    distribution, ignored, or one of a later version) install nothing and are never included.
    """
    return ((holder, need) for holder, need in _reaching(target, when) if need.installed)


def needs_to_install(target: Target) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need that a package is installed for; base packages are there already."""
    base = target.base
    return ((holder, need) for holder, need in needs_in_line(target) if need.installed not in base)


def needs_to_meet(target: Target) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need that an image must meet: by a package, a copied file, or another distribution."""
    return (
        (holder, need)
        for holder, need in _reaching(target, ())
        if need.installed or need.class_ in {"unowned", "distribution"}
    )


def _reaching(target: Target, when: Collection[str]) -> Iterator[tuple[str, LockedNeed]]:
    wishes = {each.name: when or each.when for each in target.distribution}
    for holder, need in target.needs():
        if is_in_line(need, wishes.get(holder) or when or target.when):
            yield holder, need


def unowned_needs(target: Target, when: Collection[str] = ()) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need of a file that no package owns, and that would be in the install line, with its holder."""
    return ((holder, need) for holder, need in _reaching(target, when) if need.class_ == "unowned")


def wanted(target: Target, *, when: Collection[str] = (), base: bool = False, pin: bool = False) -> tuple[Wanted, ...]:
    """Return the packages to install, by name; `base` adds base packages.

    With `pin` they have the versions of the lock.
    """
    needs: dict[str, list[tuple[str, LockedNeed]]] = {}
    for holder, need in needs_in_line(target, when):
        needs.setdefault(need.installed, []).append((holder, need))
    known = {each.name: each for each in target.package}
    present = frozenset() if base else target.base
    return tuple(
        Wanted(
            package=_entry(known.get(name) or LockedPackage(name=name), pin=pin),
            when=tuple(sorted({need.when for _, need in reasons})),
            by=tuple(sorted({holder for holder, _ in reasons})),
        )
        for name, reasons in sorted(needs.items())
        if name not in present
    )


def _entry(package: LockedPackage, *, pin: bool) -> LockedPackage:
    return package if pin else replace(package, version="")
