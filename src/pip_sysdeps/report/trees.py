"""Build trees of needs for `tree` and `why`."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pip_sysdeps.lock import document as lockfile
from pip_sysdeps.lock.instructions import same_name_note
from pip_sysdeps.model.loader import Found, NotFound
from pip_sysdeps.model.needs import (
    FromCapability,
    FromDistribution,
    FromHost,
    FromPackage,
    Missing,
    Unowned,
    Unreachable,
)
from pip_sysdeps.report.why import file_to_show, imported_files, locked_chains

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.environment.requirements import Link
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.model.loader import Resolution, Tried
    from pip_sysdeps.model.needs import Need, Provider
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.report.why import Chain, Hop, LockedChain

Branch = tuple["Label", ...]
"""The labels from a root of a tree to a leaf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The text of one node."""

    kind: str
    """`distribution`, `file`, a need, its provider, or a detail.

    A need is `soname`, `program` or `needed-file`; a provider `package`, `other` or `missing`; a detail `floor`
    or `tried`.
    """
    name: str
    """The name."""
    detail: str = ""
    """Text after the name; may be empty."""


class Node:
    """A label and its children in the order in which they were found; mutable."""

    __slots__ = ("children", "label")

    def __init__(self, label: Label) -> None:
        self.label = label
        self.children: dict[Label, Node] = {}


def merge_branches(branches: Iterable[Branch]) -> tuple[Node, ...]:
    """Merge branches into trees: common prefixes become one branch."""
    top = Node(Label(kind="", name=""))
    for branch in branches:
        node = top
        for label in branch:
            node = node.children.setdefault(label, Node(label))
    return tuple(top.children.values())


def needs_tree(
    scan: Scan, requirement_chains: Mapping[str, tuple[Link, ...]], added: Sequence[LockedChain] = ()
) -> tuple[Node, ...]:
    """Return the trees requirement -> distribution -> file -> soname -> provider.

    `requirement_chains` is from `environment.requirements`; `added` has the needs that the policy adds and no file has.
    """
    installed, imported = _installed_distributions(scan), imported_files(scan)
    found = [
        (
            *_distribution_labels(chain, installed),
            _file_label(by, holder, scan),
            _need_label(need),
            _short_provider_label(need, scan),
        )
        for chain, holder, need in sorted(_chained_needs(scan, requirement_chains), key=_by_chain)
        for by in file_to_show(need, imported)
    ]
    found += [(*chain, *need) for chain, need in _added_branches(added, requirement_chains, installed)]
    return merge_branches(found)


def packages_tree(
    scan: Scan, requirement_chains: Mapping[str, tuple[Link, ...]], added: Sequence[LockedChain] = ()
) -> tuple[Node, ...]:
    """Return the trees provider -> soname -> distribution -> its dependents, up to the requested distributions."""
    installed, imported = _installed_distributions(scan), imported_files(scan)
    found = [
        (
            _short_provider_label(need, scan, absence=False),
            _need_label(need),
            *reversed([*_distribution_labels(chain, installed), _file_label(by, holder, scan)]),
        )
        for chain, holder, need in _chained_needs(scan, requirement_chains)
        for by in file_to_show(need, imported)
    ]
    found += [
        (*reversed(need), *reversed(chain)) for chain, need in _added_branches(added, requirement_chains, installed)
    ]
    return merge_branches(sorted(found, key=lambda branch: [(label.kind, label.name) for label in branch]))


def evidence_tree(chains: Iterable[Chain], scan: Scan, versions: Mapping[str, str] | None) -> tuple[Node, ...]:
    """Return the chains of `why` as trees: each hop with its step of the search; all steps for a missing library.

    `versions` has the installed binary packages; None for another system. Paths in a site directory are relative to it.
    """
    evidence = _ChainLabels(scan, versions)
    return merge_branches(branch for chain in chains for branch in evidence.branches(chain))


def provider_label(provider: Provider, short: Callable[[str], str]) -> Label:  # noqa: PLR0911 - one for each kind
    """Return the label of a provider; `short` formats a path."""
    match provider:
        case FromPackage(package=package, path=path):
            return Label(kind="package", name=package, detail=f"({path or 'not installed here'})")
        case FromCapability(capability=capability):
            return Label(kind="package", name=capability, detail="(a capability; not installed here)")
        case FromDistribution(distribution=name, path=path, by_loader=by_loader):
            condition = "found by the loader" if by_loader else "if that distribution is imported first"
            return Label(kind="other", name=name or "a file that no RECORD lists", detail=f"{short(path)}, {condition}")
        case FromHost(note=note):
            return Label(kind="other", name="the host", detail=note)
        case Unowned(path=path, package=package):
            same_name = f"; {same_name_note(package)}" if package else ""
            return Label(kind="other", name="no package", detail=f"{path} must be copied{same_name}")
        case Unreachable(distribution=name, path=path):
            detail = f"{name or 'the environment'} has {short(path)}, where the loader does not search"
            fix = f"add {posixpath.dirname(path)} to `library-path`"
            return Label(kind="missing", name="unreachable", detail=f"{detail}; {fix}")
        case Missing(note=note):
            return Label(kind="missing", name="missing", detail=note or "not found")


def _short_provider_label(need: Need, scan: Scan, *, absence: bool = True) -> Label:
    """Return the label of a provider; for a package only its name, with `absence` also whether it is not installed."""
    label = provider_label(need.provider, scan.environment.short)
    shows_detail = absence and not getattr(need.provider, "path", "")
    return replace(label, detail="") if label.kind == "package" and not shows_detail else label


def _chained_needs(
    scan: Scan, requirement_chains: Mapping[str, tuple[Link, ...]]
) -> Iterator[tuple[tuple[Link, ...], str, Need]]:
    for holder, need in scan.needs():
        yield (requirement_chains[holder] if holder else (), holder, need)


def _added_branches(
    needs: Iterable[LockedChain],
    requirement_chains: Mapping[str, tuple[Link, ...]],
    installed: Mapping[str, Distribution],
) -> Iterator[tuple[Branch, Branch]]:
    """Yield the branch of distributions of each need that the policy adds, and the branch of need and provider."""
    for each in needs:
        yield (
            tuple(_distribution_labels(requirement_chains.get(each.holder, ()), installed)),
            (_locked_need_label(each.need), replace(_locked_provider_label(each), detail="")),
        )


def _by_chain(each: tuple[tuple[Link, ...], str, Need]) -> tuple[list[str], str]:
    chain, _, need = each
    return [link.name for link in chain], need.name


def _installed_distributions(scan: Scan) -> Mapping[str, Distribution]:
    return {each.name: each for each in scan.environment.distributions}


def _distribution_labels(chain: Sequence[Link], installed: Mapping[str, Distribution]) -> list[Label]:
    return [Label(kind="distribution", name=link.name, detail=installed[link.name].version) for link in chain]


def _file_label(path: str, holder: str, scan: Scan) -> Label:
    base = next((each.base for each in scan.environment.distributions if each.name == holder), scan.environment.prefix)
    return Label(kind="file", name=posixpath.relpath(path, base))


def _need_label(need: Need) -> Label:
    confidence = f" ({need.confidence.value})" if need.confidence else ""
    how = f", by {need.evidence}{confidence}" if need.evidence else ""
    return Label(kind=_kind(need), name=need.name, detail=_format_when(need.when.value, need.plugin) + how)


def _format_when(word: str, pattern: str) -> str:
    """Format the kind of a need; for a chosen plugin with the pattern that chose it."""
    return f"chosen {word}: {pattern}" if pattern else word


def _kind(need: Need | lockfile.LockedNeed | lockfile.Unresolved) -> str:
    return "program" if need.program else "needed-file" if need.file else "soname"


class _ChainLabels:
    """Converts chains to branches of labels."""

    def __init__(self, scan: Scan, versions: Mapping[str, str] | None) -> None:
        self._short = scan.environment.short
        self._installed = _installed_distributions(scan)
        self._versions = versions
        self._floors = scan.floors
        self._chosen = {file: each for each in scan.plugins for file in each.files}

    def branches(self, chain: Chain) -> Iterator[Branch]:
        """Yield a chain, and for a missing library each step of the search."""
        hops, need = chain.hops, chain.need
        branch = [self._distribution(link) for link in chain.requirement_chain]
        branch.append(self._root(hops[0].file if hops else need.by[0], is_chosen=bool(need.plugin)))
        branch += [self._file(hop.resolution, hop.file) for hop in hops[:-1]]
        branch.append(self._soname(hops[-1]) if hops else _need_label(need))
        if hops and isinstance(hops[-1].resolution, NotFound):
            yield from ((*branch, self._tried_label(each)) for each in hops[-1].resolution.tried)
        yield (*branch, self._answer(need.provider), *self._floor(need.provider))

    def _distribution(self, link: Link) -> Label:
        distribution = self._installed[link.name]
        if link.requirement:
            how = f"required as {link.requirement}"
        else:
            how = "requested" if distribution.requested else "not required by any installed distribution"
        return Label(kind="distribution", name=link.name, detail=f"{distribution.version} ({how})")

    def _root(self, file: str, *, is_chosen: bool) -> Label:
        """Return the label of the file that a process opens first; for a chosen plugin, with its choice."""
        choice = self._chosen.get(file) if is_chosen else None
        detail = f"a chosen plugin: {choice.pattern} ({choice.by})" if choice else ""
        return Label(kind="file", name=self._short(file), detail=detail)

    def _file(self, found: Resolution, file: str) -> Label:
        """Return the label of the object that was found for a needed name."""
        if isinstance(found, Found):
            return Label(kind="file", name=self._short(found.path), detail=f"by {_step_text(found, file)}")
        return Label(kind="missing", name=found.soname)

    def _soname(self, hop: Hop) -> Label:
        if isinstance(hop.resolution, Found):
            detail = f"{self._short(hop.resolution.path)}, by {_step_text(hop.resolution, hop.file)}"
        else:
            detail = f"not found{f' ({hop.resolution.fatal})' if hop.resolution.fatal else ''}; searched in this order"
        return Label(kind="soname", name=hop.resolution.soname, detail=detail)

    def _tried_label(self, tried: Tried) -> Label:
        if not tried.path:
            return Label(kind="tried", name=tried.step.value, detail=tried.reason)
        return Label(kind="tried", name=self._short(tried.path), detail=f"{tried.reason} ({tried.step.value})")

    def _answer(self, provider: Provider) -> Label:
        if isinstance(provider, FromDistribution) and provider.by_loader:
            return Label(kind="other", name=provider.distribution or "no record", detail="provides it")
        if not isinstance(provider, FromPackage):
            return provider_label(provider, self._short)
        absent = "has it, but is not installed here" if self._versions is not None else ""
        version = (self._versions or {}).get(provider.package, "") if provider.path else absent
        return Label(kind="package", name=provider.package, detail=version)

    def _floor(self, provider: Provider) -> Iterator[Label]:
        """Yield the version floor of a package with the symbol that determines it."""
        floor = self._floors.get(provider.package) if isinstance(provider, FromPackage) else None
        if floor is not None:
            what = floor.symbol or "the library"
            yield Label(kind="floor", name=f">= {floor.version}", detail=f"for {what}, by {self._short(floor.file)}")


def _step_text(found: Found, requester: str) -> str:
    """Return the step of the search that found a file, and the object that the search path belongs to."""
    return (
        f"{found.step.value} of {posixpath.basename(found.by)}" if found.by not in {"", requester} else found.step.value
    )


# ------------------------------------------------------------------------------------------------------- from a lock


def locked_tree(chains: Iterable[LockedChain]) -> tuple[Node, ...]:
    """Return the chains of a lock as trees."""
    return merge_branches(_locked_branch(chain) for chain in chains)


def locked_needs_tree(target: lockfile.Target) -> tuple[Node, ...]:
    """Return the trees distribution -> files -> soname -> provider of a lock, without requirements."""
    return merge_branches(_locked_branch(chain) for chain in sorted(locked_chains(target), key=_by_holder))


def locked_packages_tree(target: lockfile.Target) -> tuple[Node, ...]:
    """Return the trees provider -> soname -> files -> distribution of a lock."""
    branches = [_locked_branch(chain) for chain in locked_chains(target)]
    found = ((branch[-1], branch[-2], *reversed(branch[:-2])) for branch in branches)
    return merge_branches(sorted(found, key=lambda branch: [(label.kind, label.name) for label in branch]))


def _by_holder(chain: LockedChain) -> tuple[str, str]:
    return chain.holder, chain.need.name


def _locked_branch(chain: LockedChain) -> Branch:
    holder, need = chain.distribution, chain.need
    branch = [Label(kind="distribution", name=holder.name, detail=holder.version)] if holder else []
    more = f"and {need.by_more} more" if need.by_more else ""
    files = ", ".join(need.by) or ("" if holder else chain.holder)
    branch += [Label(kind="file", name=files, detail=more)] if files else []
    return (*branch, _locked_need_label(need), _locked_provider_label(chain))


def _locked_need_label(need: lockfile.LockedNeed | lockfile.Unresolved) -> Label:
    return Label(kind=_kind(need), name=need.name, detail=_format_when(need.when, need.plugin))


def _locked_provider_label(chain: LockedChain) -> Label:
    need = chain.need
    if chain.package is not None:
        floor = f">= {chain.package.min}" if chain.package.min else ""
        return Label(kind="package", name=chain.package.name, detail=floor)
    if isinstance(need, lockfile.Unresolved):
        return Label(kind="missing", name="missing", detail=need.note or "nothing has it")
    return Label(kind="other", name=need.class_, detail=need.distribution or need.path or need.note)
