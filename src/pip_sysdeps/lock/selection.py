"""What to install: the packages of a target's needs that the policy puts in the line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pip_sysdeps.lock.document import LockedPackage
from pip_sysdeps.packages.family import Item

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pip_sysdeps.lock.document import LockedNeed, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One entry of the line."""

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
    """Return whether a need reaches the line for which `when` has the words of `install-line --when`.

    By default: what an import or a chosen plugin needs; of what the code opens and runs by name, and of what somebody
    declares, that which is of high confidence.
    """
    sure = need.confidence == "high" or (need.when == "declared" and not need.confidence)
    demanded = need.when == "import" or (need.when == "plugin" and bool(need.plugin))
    default = demanded or (need.when in {"dlopen", "exec", "declared"} and sure)
    return need.when in when or (default and (not when or "default" in when))


def needs_in_line(target: Target, when: Collection[str] = ()) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need that reaches the line with who has it.

    `when` replaces what the project wants for a distribution, and that what it wants for all. Needs of a class (host,
    unowned, distribution, ignored, or one of a later version) install nothing, and are never among them.
    """
    return ((holder, need) for holder, need in _reaching(target, when) if need.installed)


def needs_to_install(target: Target) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need that a package is installed for: those of every image's packages are met anyway."""
    base = target.base
    return ((holder, need) for holder, need in needs_in_line(target) if need.installed not in base)


def needs_to_meet(target: Target) -> Iterator[tuple[str, LockedNeed]]:
    """Yield each need that an image is to meet: by a package of the line, a copied file, or another distribution."""
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
    """Yield each need of a file that no package owns, and that would be in the line if one did, with who has it."""
    return ((holder, need) for holder, need in _reaching(target, when) if need.class_ == "unowned")


def wanted(target: Target, *, when: Collection[str] = (), base: bool = False, pin: bool = False) -> tuple[Wanted, ...]:
    """Return the packages to install, by name; `base` adds what every image of the release has.

    With `pin` they keep the versions that the lock has.
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
