"""Apply the project's policy to a target. Each entry changes a need, or is reported as without effect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.arrangement import arrange
from pip_sysdeps.lock.document import LockedDistribution, LockedNeed, LockedPackage, Target, Unresolved
from pip_sysdeps.needs.plugins import unmatched_plugins
from pip_sysdeps.packages.registry import family_of
from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pip_sysdeps.lock.project import DistributionPolicy, Entry, Project, Replacement
    from pip_sysdeps.model.plugins import PluginChoice

_AnyEntry = TypeVar("_AnyEntry", bound="Entry")

IGNORED = "ignored"
"""The class of a need that the project ignores."""


class PackageIndex(Protocol):
    """The packages of a release, installed or not, as in `packages.index.SonameIndex`."""

    def package_to_install(self, soname: str) -> str | None:
        """Return the binary package to install for a soname."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyContext:
    """The inputs of the policy besides the target."""

    installed: Mapping[str, LockedDistribution]
    """Every distribution of the environment by name, even those that the lock omits."""
    base: Collection[str]
    """Binary packages that every image of the release has."""
    index: PackageIndex | None
    """The index of the release; None if there is none."""
    plugins: tuple[PluginChoice, ...] = ()
    """The chosen plugins."""


class PolicyResult(NamedTuple):
    """A target with the policy applied."""

    target: Target
    """The target, with `policy = true` at each changed need, and the project's `when`."""
    unmatched: tuple[str, ...]
    """Messages about entries that matched nothing."""


def apply(project: Project, target: Target, context: PolicyContext) -> PolicyResult:
    """Return the target with the policy applied: for each distribution `ignore`, then `replace`, then `add`."""
    work = _PolicyTarget(target, context)
    for policy in project.distribution:
        work.apply(policy)
    unmatched = (*work.unmatched, *map(_without_plugins, unmatched_plugins(context.plugins)))
    return PolicyResult(target=work.result(project.when), unmatched=unmatched)


def _without_plugins(each: PluginChoice) -> str:
    return f"distribution.{each.distribution}.plugins: {each.distribution} has no library `{printable(each.pattern)}`"


class _PolicyTarget:
    """A target that is being changed."""

    def __init__(self, target: Target, context: PolicyContext) -> None:
        self._target = target
        self._context = context
        self._distributions = {each.name: _with_all_needs(each) for each in target.distribution}
        self._unresolved = list(target.unresolved)
        self.unmatched: list[str] = []

    def apply(self, policy: DistributionPolicy) -> None:
        """Apply the policy of one distribution."""
        if policy.name not in self._context.installed:
            self.unmatched.append(f"distribution.{policy.name}: no such distribution is in the environment")
            return
        for entry in self._applicable((*policy.ignore, *policy.replace, *policy.add)):
            self._refuse_illegal(entry, self._unresolved_programs(policy.name))
        for entry in self._applicable(policy.ignore):
            self._ignore(policy.name, entry)
        for replacement in self._applicable(policy.replace):
            self._replace(policy.name, replacement)
        for entry in self._applicable(policy.add):
            self._add(policy.name, entry)
        if policy.when and self._of(policy.name).needs:
            self._change(policy.name, when=policy.when)
        elif policy.when:
            self.unmatched.append(f"distribution.{policy.name}.when: {policy.name} has no needs")

    def result(self, when: tuple[str, ...]) -> Target:
        """Return the changed target, without packages that are no longer needed."""
        changed = replace(
            self._target,
            when=when,
            distribution=tuple(self._distributions.values()),
            unresolved=tuple(self._unresolved),
        )
        known = {each.name: each for each in self._target.package}
        names = {need.package for _, need in changed.needs() if need.package}
        packages = (known.get(name) or LockedPackage(name=name, base=name in self._context.base) for name in names)
        return arrange(replace(changed, package=tuple(packages)))

    def _refuse_illegal(self, entry: Entry, programs: frozenset[str]) -> None:
        """Raise SysdepsError for a package name that is invalid for the target's package manager.

        `programs` are unresolved programs, which an entry may name as a package.
        """
        family = family_of(self._target.package_manager)
        named = "" if entry.package in programs else entry.package
        for name in filter(None, (named, getattr(entry, "with_", ""))):
            if family and not family.names.package(name):
                raise SysdepsError(
                    f"pyproject.toml: tool.pip-sysdeps.{entry.where}: `{printable(name)}` is not a valid "
                    f"{family.names.words}",
                    hint="correct the name, or set `targets` so that the entry does not apply here",
                )

    def _unresolved_programs(self, name: str) -> frozenset[str]:
        return frozenset(each.program for each in self._unresolved if each.distribution == name)

    def _applicable(self, entries: Iterable[_AnyEntry]) -> Iterable[_AnyEntry]:
        return (entry for entry in entries if not entry.targets or self._target.id in entry.targets)

    def _ignore(self, name: str, entry: Entry) -> None:
        self._answer(name, entry, package="", class_=IGNORED)

    def _replace(self, name: str, entry: Replacement) -> None:
        self._answer(name, entry, package=entry.with_, class_="")

    def _answer(self, name: str, entry: Entry, *, package: str, class_: str) -> None:
        """Change the provider of every need that an entry matches; an unresolved need becomes a need."""
        needs = self._of(name).needs
        matching = [need for need in needs if _is_about(entry, need)]
        unresolved = [each for each in self._unresolved if each.distribution == name and _is_about(entry, each)]
        if not matching and not unresolved:
            self.unmatched.append(f"{entry.where}: {name} does not need {entry.soname or entry.package}")
            return
        answered = [_with_answer(need, entry, package=package, class_=class_) for need in matching]
        answered += [
            _with_answer(_as_need(each, is_chosen=bool(package)), entry, package=package, class_=class_)
            for each in unresolved
        ]
        self._unresolved = [
            each for each in self._unresolved if each.distribution != name or not _is_about(entry, each)
        ]
        self._change(name, needs=(*(need for need in needs if not _is_about(entry, need)), *answered))

    def _add(self, name: str, entry: Entry) -> None:
        needs = self._of(name).needs
        package = entry.package or self._package_of(name, entry.soname)
        if package is None:
            self.unmatched.append(f"{entry.where}: no binary package of {self._target.id} has {entry.soname}")
        elif any(need.package == package and need.is_mandatory for need in needs):
            self.unmatched.append(f"{entry.where}: {name} already needs {package} without this entry")
        else:
            added = LockedNeed(soname=entry.soname, package=package, when="declared", policy=True, note=entry.reason)
            self._change(name, needs=(*needs, added))

    def _package_of(self, name: str, soname: str) -> str | None:
        found = (need.package for need in self._of(name).needs if need.soname == soname and need.package)
        index = self._context.index
        return next(found, None) or (index.package_to_install(soname) if index else None)

    def _of(self, name: str) -> LockedDistribution:
        return self._distributions.get(name) or self._context.installed[name]

    def _change(self, name: str, **changes: object) -> None:
        self._distributions[name] = replace(self._of(name), **changes)  # type: ignore[arg-type] # fields of its own


def is_added(need: LockedNeed | Unresolved) -> bool:
    """Return whether the policy added a need."""
    return isinstance(need, LockedNeed) and need.policy and need.when == "declared"


def _with_all_needs(distribution: LockedDistribution) -> LockedDistribution:
    """Return a distribution with all needs in one array."""
    return replace(distribution, needs=tuple(distribution.all_needs()), offered=(), base=())


def _is_about(entry: Entry, need: LockedNeed | Unresolved) -> bool:
    """Return whether a need has the soname or package of an entry; an unresolved program counts as a package."""
    if entry.soname:
        return entry.soname == need.soname or entry.soname in need.any_of
    return entry.package == (need.installed if isinstance(need, LockedNeed) else need.program)


def _with_answer(need: LockedNeed, entry: Entry, *, package: str, class_: str) -> LockedNeed:
    return replace(
        need,
        package=package,
        capability="",
        unchecked=False,
        class_=class_,
        path="",
        distribution="",
        policy=True,
        note=entry.reason,
    )


def _as_need(unresolved: Unresolved, *, is_chosen: bool) -> LockedNeed:
    """Return an unresolved need as a need; if the policy has chosen a package for it, it is in the install line."""
    is_by_name = unresolved.when in {"dlopen", "exec"}
    return LockedNeed(
        confidence="high" if is_chosen and is_by_name else "",
        soname=unresolved.soname,
        any_of=unresolved.any_of,
        program=unresolved.program,
        file=unresolved.file,
        when=unresolved.when,
        plugin=unresolved.plugin,
        by=unresolved.by,
        by_more=unresolved.by_more,
    )
