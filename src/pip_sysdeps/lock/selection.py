"""Select the packages to install for a target's needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.lock.document import LockedPackage
from pip_sysdeps.packages.family import Item

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pip_sysdeps.lock.document import LockedNeed, Target


class PackageToInstall(NamedTuple):
    """One entry of the install line."""

    package: LockedPackage
    """Its entry in the target, or one for a capability; with a `version` only if it is pinned."""
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

    By default, these are needs of imports and of chosen plugins, and needs by name or declaration with high
    confidence.
    """
    is_certain = need.confidence == "high" or (need.when == "declared" and not need.confidence)
    is_mandatory = need.when == "import" or (need.when == "plugin" and bool(need.plugin))
    default = is_mandatory or (need.when in {"dlopen", "exec", "declared"} and is_certain)
    return need.when in when or (default and (not when or "default" in when))


def needs_in_line(target: Target, when: Collection[str] = ()) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need of the install line with its holder.

    `when` overrides the distribution's `when`, which overrides the target's. Needs with a class (host,
    unowned, distribution, ignored, or a later version's) install nothing and are left out.
    """
    return ((holder, need) for holder, need in _selected_needs(target, when) if need.installed)


def needs_to_install(target: Target) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need for which a package must be installed, without those of base packages."""
    base = target.base
    return ((holder, need) for holder, need in needs_in_line(target) if need.installed not in base)


def needs_to_meet(target: Target) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need that an image must satisfy: by a package, a copied file, or another distribution."""
    return (
        (holder, need)
        for holder, need in _selected_needs(target, ())
        if need.installed or need.class_ in {"unowned", "distribution"}
    )


def _selected_needs(target: Target, when: Collection[str]) -> Iterator[tuple[str, LockedNeed]]:
    when_of = {each.name: when or each.when for each in target.distribution}
    for holder, need in target.needs():
        if is_in_line(need, when_of.get(holder) or when or target.when):
            yield holder, need


def unowned_needs(target: Target, when: Collection[str] = ()) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each selected need of a file that no package owns, with its holder."""
    return ((holder, need) for holder, need in _selected_needs(target, when) if need.class_ == "unowned")


def packages_to_install(
    target: Target, *, when: Collection[str] = (), base: bool = False, pin: bool = False
) -> tuple[PackageToInstall, ...]:
    """Return the packages to install, by name; `base` adds base packages.

    With `pin`, they have the versions of the lock.
    """
    needs: dict[str, list[tuple[str, LockedNeed]]] = {}
    for holder, need in needs_in_line(target, when):
        needs.setdefault(need.installed, []).append((holder, need))
    known = {each.name: each for each in target.package}
    left_out = frozenset() if base else target.base
    return tuple(
        PackageToInstall(
            package=_entry(known.get(name) or LockedPackage(name=name), pin=pin),
            when=tuple(sorted({need.when for _, need in reasons})),
            by=tuple(sorted({holder for holder, _ in reasons})),
        )
        for name, reasons in sorted(needs.items())
        if name not in left_out
    )


def _entry(package: LockedPackage, *, pin: bool) -> LockedPackage:
    return package if pin else replace(package, version="")
