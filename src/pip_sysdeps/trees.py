"""Results as trees: what leads to what, for `tree` and `why`."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pip_sysdeps.model import FromDistribution, FromHost, FromPackage, Missing, NotFound, Unowned, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.model import Distribution, Need, Provider, Resolution, Scan
    from pip_sysdeps.why import Chain

Way = tuple["Label", ...]
"""The labels from a root of the forest down to a leaf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What stands at one node."""

    kind: str
    """`distribution`, `file`, `soname`, `package`, `other` (who else brings it), or `tried`."""
    name: str
    """The thing's name."""
    detail: str = ""
    """What is known about it here."""


@dataclass(slots=True)
class Node:
    """A label and what it leads to, in the order in which it was found."""

    label: Label
    children: dict[Label, Node] = field(default_factory=dict)


def grown(ways: Iterable[Way]) -> tuple[Node, ...]:
    """Join ways into trees: what two of them begin with stands once."""
    top = Node(Label(kind="", name=""))
    for way in ways:
        node = top
        for label in way:
            node = node.children.setdefault(label, Node(label))
    return tuple(top.children.values())


def needs_tree(scan: Scan, ways: Mapping[str, tuple[str, ...]]) -> tuple[Node, ...]:
    """Return requirement -> distribution -> file -> soname -> who brings it; `ways` is from `requirements.ways`."""
    installed = _installed(scan)
    return grown(
        (*_distributions(way, installed), _file(by, holder, scan), _soname(need), answer(need.provider))
        for way, holder, need in sorted(_needs(scan, ways), key=lambda each: (each[0], each[2].name))
        for by in need.by[:1]
    )


def packages_tree(scan: Scan, ways: Mapping[str, tuple[str, ...]]) -> tuple[Node, ...]:
    """Return who brings it -> soname -> distribution -> what requires that, up to what was asked for."""
    installed = _installed(scan)
    found = [
        (
            _merged(answer(need.provider)),
            _soname(need),
            *reversed([*_distributions(way, installed), _file(by, holder, scan)]),
        )
        for way, holder, need in _needs(scan, ways)
        for by in need.by[:1]
    ]
    return grown(sorted(found, key=lambda way: [(label.kind, label.name) for label in way]))


def evidence_tree(chains: Iterable[Chain], scan: Scan) -> tuple[Node, ...]:
    """Return the chains of `why` as trees, each hop with how it was found; below what is missing, what was tried."""
    installed = _installed(scan)
    return grown(way for chain in chains for way in _evidence(chain, installed, scan))


def answer(provider: Provider) -> Label:
    """Return the label of who brings a library."""
    match provider:
        case FromPackage(package=package, path=path):
            return Label(kind="package", name=package, detail=path or "not installed here")
        case FromDistribution(distribution=name, path=path, by_loader=by_loader):
            how = "found by the loader" if by_loader else "if it is imported first"
            return Label(kind="other", name=name or "a file that no record claims", detail=f"{path}, {how}")
        case FromHost(note=note):
            return Label(kind="other", name="the host", detail=note)
        case Unowned(path=path):
            return Label(kind="other", name="no package", detail=f"{path} must be copied by hand")
        case Unreachable(distribution=name, path=path):
            detail = f"{name or 'the environment'} has {path}, where the loader does not look"
            return Label(kind="other", name="unreachable", detail=detail)
        case Missing(note=note):
            return Label(kind="other", name="missing", detail=note)


def _merged(label: Label) -> Label:
    """Return a package's label without the path of one of its files, so that all of them stand below one node."""
    return replace(label, detail="") if label.kind == "package" else label


def _needs(scan: Scan, ways: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], str, Need]]:
    for holder, need in scan.needs():
        yield (ways.get(holder, (holder,)) if holder else (), holder, need)


def _installed(scan: Scan) -> Mapping[str, Distribution]:
    return {each.name: each for each in scan.environment.distributions}


def _distributions(way: Sequence[str], installed: Mapping[str, Distribution]) -> list[Label]:
    return [Label(kind="distribution", name=name, detail=installed[name].version) for name in way]


def _file(path: str, holder: str, scan: Scan) -> Label:
    base = next((each.base for each in scan.environment.distributions if each.name == holder), scan.environment.prefix)
    return Label(kind="file", name=posixpath.relpath(path, base))


def _soname(need: Need) -> Label:
    return Label(kind="soname", name=need.name, detail=need.when.value)


def _evidence(chain: Chain, installed: Mapping[str, Distribution], scan: Scan) -> Iterator[Way]:
    holder = chain.way[-1] if chain.way else ""
    way: list[Label] = _distributions(chain.way, installed)
    for hop in chain.hops:
        way += [_file(hop.file, holder, scan), _hop(hop.answer)]
    if not chain.hops:
        way += [_file(chain.need.by[0], holder, scan), _soname(chain.need)]
    yield (*way, answer(chain.need.provider))
    if chain.hops and isinstance(chain.need.provider, Missing | Unreachable):
        yield from ((*way, label) for label in _tried(chain.hops[-1].answer))


def _hop(found: Resolution) -> Label:
    if isinstance(found, NotFound):
        return Label(kind="soname", name=found.soname, detail=found.fatal or "not found")
    how = f"{found.step.value} of {posixpath.basename(found.by)}" if found.by else found.step.value
    return Label(kind="soname", name=found.soname, detail=f"{found.path} ({how})")


def _tried(found: Resolution) -> Iterator[Label]:
    """Yield what the loader looked at, in its order."""
    if isinstance(found, NotFound):
        for each in found.tried:
            what = each.path or each.step.value
            where = f" ({each.step.value})" if each.path else ""
            yield Label(kind="tried", name=what, detail=f"{each.reason}{where}")
