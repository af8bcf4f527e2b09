"""Audit an environment: needed binary packages, vendored libraries, problems."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pip_sysdeps.app.locked_target import read_locked_target
from pip_sysdeps.app.project import read_project
from pip_sysdeps.app.report import scan_environment
from pip_sysdeps.elf.kinds import most_common_kind
from pip_sysdeps.environment.exposure import writable_folders
from pip_sysdeps.environment.read_sboms import SbomFiles
from pip_sysdeps.environment.read_vendored import VendoredFiles
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.loader.registry import c_library_of
from pip_sysdeps.lock.file import DEFAULT, read_lock, read_text
from pip_sysdeps.lock.staleness import differences
from pip_sysdeps.needs.symbol_versions import version_gaps
from pip_sysdeps.packages.closure import Closures
from pip_sysdeps.packages.registry import default_directories
from pip_sysdeps.report.audit import (
    InstalledVersion,
    Inventory,
    components_of,
    make_audit,
    make_audit_of_lock,
    vendored_libraries,
)
from pip_sysdeps.report.checks.search_paths import search_path_elements
from pip_sysdeps.report.evidence import Evidence
from pip_sysdeps.report.findings import CHECKS, findings, findings_of_lock, selects_checks
from pip_sysdeps.report.offers import omitted_plugins
from pip_sysdeps.system.progress import track
from pip_sysdeps.system.tree import may_be_elf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pip_sysdeps.app.place import Location
    from pip_sysdeps.app.report import ScannedEnvironment
    from pip_sysdeps.environment.sbom import Sbom
    from pip_sysdeps.environment.vendored import VendoredLibrary
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.model.environment import Skipped
    from pip_sysdeps.packages.family import AvailableVersions
    from pip_sysdeps.packages.installed import SystemPackages
    from pip_sysdeps.report.audit import Audit


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """The environment to audit, and the checks to run."""

    location: Location
    """The environment."""
    lock: str | None = None
    """The lock to compare with; None for the default, if it exists."""
    target: str | None = None
    """The id of another system to audit the environment for; None for the root's."""
    name: str = ""
    """The suffix of the target's id, for a second environment in the same image."""
    select: tuple[str, ...] | None = None
    """Codes of the checks to run; None for those of the project."""
    ignore: tuple[str, ...] | None = None
    """Codes to skip; None for those of the project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """A report, and the files that could not be used."""

    scanned: ScannedEnvironment
    """The environment."""
    audit: Audit
    """The report."""
    unusable: tuple[Skipped, ...]
    """SBOMs that could not be used."""
    lock: str
    """The path of the lock, relative to the current folder if it is below it."""
    lock_text: str
    """The text of the lock; empty without one."""


def audit(request: AuditRequest, *, second_process: bool = False) -> AuditResult:
    """Scan an environment and report on it. Raise SysdepsError as the readers do, and for an unknown code."""
    scanned = scan_environment(
        request.location,
        request.lock or DEFAULT,
        target=request.target,
        lock_fallback=True,
        second_process=second_process,
    )
    policy = scanned.project.audit
    refuse_unknown_codes((*policy.select, *policy.ignore))
    target = scanned.target(request.name)
    decided = [(holder, need.name) for holder, need in target.needs() if need.policy]
    evidence = replace(
        read_evidence(scanned, decided_by_policy=decided, changes=_changes(request.lock, target)),
        omitted_plugins=omitted_plugins(target, scanned.scan.recommended),
    )
    sboms, unusable = sboms_of(scanned)
    found = findings(
        evidence,
        select=policy.select if request.select is None else request.select,
        ignore=policy.ignore if request.ignore is None else request.ignore,
    )
    return AuditResult(
        scanned=scanned,
        audit=make_audit(
            evidence,
            target,
            found,
            _inventory(scanned, target, sboms),
            others=_other_targets(request.lock, target),
        ),
        unusable=unusable,
        lock=_relative_path(request.lock or DEFAULT),
        lock_text=read_text(request.lock or DEFAULT) or "",
    )


def _inventory(scanned: ScannedEnvironment, target: Target, sboms: Mapping[str, tuple[Sbom, ...]]) -> Inventory:
    """Return what is installed in the system and what the distributions contain."""
    packages, chains = scanned.place.packages, scanned.requirement_chains
    return Inventory(
        installed=installed_packages(packages),
        is_installation_known=scanned.place.target is None,
        closures=closures_of(packages, target),
        components={name: tuple(components_of(name, some)) for name, some in sboms.items()},
        libraries=libraries_of(scanned, sboms),
        requirement_chains={name: tuple(link.name for link in chain) for name, chain in chains.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LockAudit:
    """A report from a lock alone."""

    audit: Audit
    """The report."""
    warning: str
    """A warning about the lock itself."""
    lock: str
    """The path of the lock, relative to the current folder if it is below it."""
    lock_text: str
    """The text of the lock."""


def audit_of_lock(request: AuditRequest, target: str | None = None) -> LockAudit:
    """Return the report on a lock without an environment. Only its unresolved and unowned needs are findings.

    `target` is an id of the lock; None for its only target, or that of the root's system. Raise SysdepsError for a
    missing lock or target and for an unknown code; OSError; MalformedLock.
    """
    path = request.lock or DEFAULT
    policy = read_project(path).audit
    refuse_unknown_codes((*policy.select, *policy.ignore))
    lock = read_locked_target(path, target, name=request.name, root=request.location.root)
    found = findings_of_lock(
        lock.target,
        select=policy.select if request.select is None else request.select,
        ignore=policy.ignore if request.ignore is None else request.ignore,
    )
    return LockAudit(
        audit=make_audit_of_lock(lock.target, found, lock.others),
        warning=lock.warning,
        lock=_relative_path(path),
        lock_text=read_text(path) or "",
    )


def _relative_path(path: str) -> str:
    below = os.path.relpath(path)
    return path if below.startswith(os.pardir) else below


def refuse_unknown_codes(codes: Iterable[str]) -> None:
    """Raise SysdepsError for an unknown code in pyproject.toml, which would silently select nothing."""
    if unknown := [code for code in codes if not selects_checks(code)]:
        raise SysdepsError(
            f"pyproject.toml: tool.pip-sysdeps.audit: {unknown_code_message(unknown[0])}",
            hint="name one of these in [tool.pip-sysdeps.audit]",
        )


def unknown_code_message(code: str) -> str:
    """Return the message about an unknown code."""
    return f"`{code}` is not one of {', '.join(each.entry.code for each in CHECKS)}"


def _changes(lock: str | None, target: Target) -> tuple[str, ...]:
    """Return the differences from the lock; none without a lock, unless one was named."""
    path = lock or DEFAULT
    if lock is None and read_text(path) is None:
        return ()
    locked = read_lock(path).find(target.id)
    if locked is None:
        return (f"`{path}` has no target {target.id}",)
    return differences(locked, target)


def _other_targets(lock: str | None, target: Target) -> tuple[Target, ...]:
    """Return the lock's other targets; none without a lock."""
    path = lock or DEFAULT
    if read_text(path) is None:
        return ()
    return tuple(each for each in read_lock(path).target if each.id != target.id)


def read_evidence(
    scanned: ScannedEnvironment,
    *,
    decided_by_policy: Iterable[tuple[str, str]] = (),
    changes: tuple[str, ...] = (),
) -> Evidence:
    """Return the input of the checks: the scan and further facts of its files.

    `decided_by_policy` has the needs that the policy decides; `changes` has the differences from the lock.
    """
    scan, scanner = scanned.scan, scanned.scanner
    environment, root, packages = scan.environment, scanned.place.root, scanned.place.packages
    claimed = (file for each in environment.distributions for file in filter(may_be_elf, each.files))
    own_files = [file for file in (*claimed, *environment.unclaimed) if file in scan.objects]
    exposed = {
        path: writable_folders(root, search_path_elements(scan.objects[path]), posixpath.dirname(path))
        for path in own_files
    }
    program = scan.objects.get(environment.interpreter.path) or most_common_kind(scan.objects.values())
    directories = default_directories(scan.platform)
    library = c_library_of(program)
    return Evidence(
        scan=scan,
        folders={path: folders for path, folders in exposed.items() if folders},
        gaps=version_gaps(
            (loaded for load in scan.loads if library.has_symbol_versions for loaded in load.objects),
            facts=scan.facts,
            defined=scanner.objects.versions,
        ),
        glibc=library.read_version(root, program, scanner.objects, directories) if program else None,
        decided_by_policy=frozenset(decided_by_policy),
        versions=packages.versions if packages else {},
        available=_available_versions(packages),
        version_key=packages.family.version_key if packages else str,
        library_path=scanned.project.library_path,
        changes=changes,
    )


def _available_versions(packages: SystemPackages | None) -> AvailableVersions | None:
    """Return the packages of a system's sources, if its package manager keeps lists of them."""
    sources = packages.family.sources if packages else None
    if packages is None or sources is None or sources.available is None:
        return None
    return sources.available(packages.root, packages.architecture)


def installed_packages(packages: SystemPackages | None) -> Mapping[str, InstalledVersion]:
    """Return the version and size of each installed binary package."""
    if packages is None:
        return {}
    return {
        name: InstalledVersion(version=each.version, size=each.size >> 10) for name, each in packages.packages.items()
    }


def closures_of(packages: SystemPackages | None, target: Target) -> Closures:
    """Return the dependencies of installed and candidate packages.

    Base packages are those of the target and the database.
    """
    if packages is None:
        return Closures({})
    return Closures(packages.packages, {*packages.base, *target.base}, packages.candidates)


def libraries_of(
    scanned: ScannedEnvironment, sboms: Mapping[str, tuple[Sbom, ...]]
) -> Mapping[str, tuple[VendoredLibrary, ...]]:
    """Return the vendored and statically linked libraries of each distribution without SBOM components."""
    scan, reader = scanned.scan, VendoredFiles(scanned.scanner.objects)
    named = {name for name, some in sboms.items() if any(components_of(name, some))}
    found = {
        each.distribution.name: reader.read(
            each.distribution,
            [file for file in filter(may_be_elf, each.distribution.files) if file in scan.objects],
            vendored_libraries(each, scan),
        )
        for each in track(scan.distributions, "looking for libraries in wheels")
        if each.distribution.name not in named
    }
    return {name: libraries for name, libraries in found.items() if libraries}


def sboms_of(scanned: ScannedEnvironment) -> tuple[Mapping[str, tuple[Sbom, ...]], tuple[Skipped, ...]]:
    """Return the SBOMs of each distribution, and those that could not be used."""
    skipped: list[Skipped] = []
    files = SbomFiles(scanned.place.root)
    found = {each.name: files.read(each, skipped) for each in scanned.scan.environment.distributions}
    return {name: sboms for name, sboms in found.items() if sboms}, tuple(skipped)
