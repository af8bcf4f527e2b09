"""Render results as JSON documents; docs/schemas has a JSON Schema for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pip_sysdeps.lock import document as lockfile
from pip_sysdeps.model.loader import Found
from pip_sysdeps.model.needs import (
    FromCapability,
    FromDistribution,
    FromHost,
    FromPackage,
    Missing,
    Unowned,
    Unreachable,
)
from pip_sysdeps.render.document import as_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.model.needs import Provider
    from pip_sysdeps.model.packages import Floor
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.packages.closure import Cost
    from pip_sysdeps.report.audit import Audit, DistributionRow, InstalledVersion, PackageRow
    from pip_sysdeps.report.diff import TargetDiff
    from pip_sysdeps.report.findings import Finding
    from pip_sysdeps.report.problems import Problem
    from pip_sysdeps.report.trees import Node
    from pip_sysdeps.report.why import Chain, Hop, LockedChain

SCHEMA = 1
"""The version of these documents, which is raised for an incompatible change."""


def tree_document(nodes: Sequence[Node], *, target: str, source: str) -> str:
    """Render `{"schema": 1, "source", "target", "tree": [{"kind", "name", "detail", "children"}, ...]}`."""
    return _dumps({"source": source, "target": target, "tree": [_node(node) for node in nodes]})


def why_document(name: str, chains: Iterable[Chain], scan: Scan) -> str:
    """Render the chains of an environment."""
    installed = {each.name: each for each in scan.environment.distributions}
    return _dumps(
        {
            "source": "environment",
            "target": scan.platform.id,
            "name": name,
            "chains": [_chain(chain, installed, scan.floors) for chain in chains],
        }
    )


def locked_why_document(name: str, chains: Iterable[LockedChain], *, target: str, source: str = "lock") -> str:
    """Render the chains of a lock or of the policy, without requirements and steps of the loader."""
    return _dumps(
        {"source": source, "target": target, "name": name, "chains": [_locked_chain(chain) for chain in chains]}
    )


def verify_document(
    problems: Iterable[Problem], *, target: str, install: Sequence[str], command: str, dockerfile: Sequence[str]
) -> str:
    """Render the problems of an image, the packages that repair them, and Dockerfile instructions."""
    problems = list(problems)
    return _dumps(
        {
            "target": target,
            "works": not any(each.error for each in problems),
            "problems": [
                {
                    "severity": "error" if each.error else "warning",
                    "code": each.entry.code,
                    "kind": each.entry.kind,
                    "distribution": each.distribution,
                    "subject": each.subject,
                    "message": each.message,
                    "files": list(each.files),
                    "package": each.package,
                }
                for each in problems
            ],
            "install": list(install),
            "command": command,
            "dockerfile": list(dockerfile),
        }
    )


def audit_document(audit: Audit) -> str:
    """Render the report of `audit`."""
    target = audit.target
    return _dumps(
        {
            "source": "lock" if audit.is_from_lock else "environment",
            "target": target.id,
            "python": target.python,
            "needs_glibc": target.needs_glibc,
            "needs_glibc_by": target.needs_glibc_by,
            "adds": _cost(audit.adds),
            "packages": [_package(row) for row in audit.packages],
            "distributions": [_distribution(row) for row in audit.distributions],
            "findings": [_finding(each) for each in audit.findings],
        }
    )


def _package(row: PackageRow) -> dict[str, Any]:
    package, installed = row.package, row.installed
    return {
        "name": package.name,
        "version": installed.version if installed else None,
        "installed_size": installed.size if installed else None,
        "candidate": _candidate(row.candidate),
        "adds": _cost(row.adds),
        "base": package.base,
        "min": package.min,
        "needed_by": [
            {
                "distribution": use.distribution,
                "version": use.version,
                "name": use.name,
                "when": use.when,
                "confidence": use.confidence,
            }
            for use in row.uses
        ],
    }


def _candidate(candidate: InstalledVersion | None) -> dict[str, Any] | None:
    return None if candidate is None else {"version": candidate.version, "installed_size": candidate.size}


def _cost(cost: Cost | None) -> dict[str, Any] | None:
    return None if cost is None else {"packages": list(cost.packages), "size": cost.size}


def _distribution(row: DistributionRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "version": row.version,
        "wheel": row.wheel,
        "required_by": list(row.requirement_chain[:-1]),
        "cost": _cost(row.cost),
        "saved": _cost(row.saved),
        "needs": [
            {
                "name": need.name,
                "when": need.when,
                "confidence": need.confidence,
                "package": need.package,
                "class": need.class_,
                "by": list(need.by),
            }
            for need in row.needs
        ],
        "vendored": list(row.vendored),
        "components": [{"name": each.name, "version": each.version, "purl": each.purl} for each in row.components],
        "libraries": [
            {
                "file": each.path,
                "name": each.name,
                "version": each.version,
                "confidence": each.confidence.value,
                "evidence": each.evidence,
            }
            for each in row.libraries
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    entry, issue = finding.entry, finding.issue
    return {
        "code": entry.code,
        "name": entry.name,
        "severity": entry.severity.value,
        "distribution": issue.distribution,
        "subjects": list(issue.subjects),
        "message": issue.message,
        "files": list(issue.files),
    }


def diff_document(found: Iterable[TargetDiff]) -> str:
    """Render the differences of targets."""
    return _dumps({"targets": [_target_diff(each) for each in found]})


def _target_diff(found: TargetDiff) -> dict[str, Any]:
    return {
        "id": found.id,
        "change": found.change,
        "packages": [
            {
                "change": each.change,
                "name": each.name,
                "in_line": each.in_line,
                "because": list(each.because),
                "for": list(each.holders),
                "adds": _cost(each.adds),
            }
            for each in found.packages
        ],
        "distributions": [
            {"change": each.change, "name": each.name, "old": each.old, "new": each.new} for each in found.distributions
        ],
        "unresolved": [
            {"change": each.change, "name": each.name, "distribution": each.distribution, "when": each.when}
            for each in found.unresolved
        ],
        "keys": [{"key": each.key, "old": each.old, "new": each.new} for each in found.keys],
    }


def provider_object(provider: Provider) -> dict[str, Any]:  # noqa: PLR0911 - one for each kind
    """Return the provider of a library as an object of docs/schemas."""
    match provider:
        case FromPackage(package=package, path=path):
            return {"kind": "package", "package": package, "path": path}
        case FromCapability(capability=capability):
            return {"kind": "capability", "capability": capability}
        case FromDistribution(distribution=name, path=path, by_loader=by_loader):
            return {"kind": "distribution", "distribution": name, "path": path, "by_loader": by_loader}
        case FromHost(note=note):
            return {"kind": "host", "note": note}
        case Unowned(path=path):
            return {"kind": "unowned", "path": path}
        case Unreachable(distribution=name, path=path):
            return {"kind": "unreachable", "distribution": name, "path": path}
        case Missing(note=note):
            return {"kind": "missing", "note": note}


def _dumps(document: Mapping[str, Any]) -> str:
    return as_document({"schema": SCHEMA, **document})


def _node(node: Node) -> dict[str, Any]:
    label = node.label
    children = [_node(child) for child in node.children.values()]
    return {"kind": label.kind, "name": label.name, "detail": label.detail, "children": children}


def _chain(chain: Chain, installed: Mapping[str, Distribution], floors: Mapping[str, Floor]) -> dict[str, Any]:
    need = chain.need
    return {
        "way": [
            {
                "distribution": link.name,
                "version": installed[link.name].version,
                "requested": installed[link.name].requested,
                "requirement": link.requirement,
            }
            for link in chain.requirement_chain
        ],
        "hops": [_hop(hop) for hop in chain.hops],
        "need": {"name": need.name, "when": need.when.value, "by": list(need.by), **_chosen_by(need.plugin)},
        "answer": provider_object(need.provider),
        "floor": _floor(need.provider, floors),
    }


def _chosen_by(pattern: str) -> dict[str, str]:
    return {"plugin": pattern} if pattern else {}


def _floor(provider: Provider, floors: Mapping[str, Floor]) -> dict[str, str] | None:
    floor = floors.get(provider.package) if isinstance(provider, FromPackage) else None
    return None if floor is None else {"min": floor.version, "symbol": floor.symbol, "file": floor.file}


def _hop(hop: Hop) -> dict[str, Any]:
    resolution = hop.resolution
    facts: dict[str, Any] = {"file": hop.file, "soname": resolution.soname}
    if isinstance(resolution, Found):
        return {**facts, "found": resolution.path, "step": resolution.step.value, "by": resolution.by}
    tried = [
        {"step": each.step.value, "path": each.path, "reason": each.reason, "by": each.by} for each in resolution.tried
    ]
    return {**facts, "tried": tried, "fatal": resolution.fatal}


def _locked_chain(chain: LockedChain) -> dict[str, Any]:
    holder, need = chain.distribution, chain.need
    chain_of_distribution = [{"distribution": holder.name, "version": holder.version}] if holder else []
    details = {**({"by_more": need.by_more} if need.by_more else {}), **_chosen_by(need.plugin)}
    return {
        "way": chain_of_distribution,
        "hops": [],
        "need": {"name": need.name, "when": need.when, "by": list(need.by), **details},
        "answer": _locked_provider_object(chain),
    }


def _locked_provider_object(chain: LockedChain) -> dict[str, Any]:
    need = chain.need
    if chain.package is not None:
        return {"kind": "package", "package": chain.package.name, "min": chain.package.min}
    if isinstance(need, lockfile.Unresolved):
        return {"kind": "missing", "note": need.note}
    if need.capability:
        return {"kind": "capability", "capability": need.capability}
    return {"kind": need.class_, "distribution": need.distribution, "path": need.path, "note": need.note}
