"""Build the report of `audit`: needed binary packages, vendored libraries, findings."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import canonicalize_name

from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.packages.closure import Closures
from pip_sysdeps.report.offers import how_to_add

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.environment.sbom import Component, Sbom
    from pip_sysdeps.environment.vendored import VendoredLibrary
    from pip_sysdeps.lock import document as lockfile
    from pip_sysdeps.lock.document import LockedDistribution, LockedNeed, Target
    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.model.needs import DistributionNeeds
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.packages.closure import Cost
    from pip_sysdeps.packages.database import InstalledPackage
    from pip_sysdeps.report.evidence import Evidence
    from pip_sysdeps.report.findings import Finding


class PackageState(Enum):
    """The state of a binary package that the target names."""

    INSTALL = "install"
    """It is in the install line."""
    OFFER = "offer"
    """Its needs are outside the install line; the project may add it."""
    BASE = "base"
    """It is a base package, which every image of the release has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledVersion:
    """One binary package in the package database or a list of packages."""

    version: str
    """Its version."""
    size: int
    """Its installed size in KiB (dpkg's `Installed-Size`); 0 if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageUse:
    """One need of a package."""

    distribution: str
    """The distribution that needs it, or the path of a file that no RECORD lists."""
    version: str
    """The distribution's version."""
    name: str
    """What is needed, usually a soname."""
    when: str
    """When it is needed."""
    confidence: str
    """The confidence in the need: `high`, `medium` or `low`; empty if an ELF file declares it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRow:
    """One binary package and who needs it."""

    package: lockfile.LockedPackage
    """Its entry in the target."""
    state: PackageState
    """Whether it is in the install line, offered, or a base package."""
    installed: InstalledVersion | None
    """None if it is not installed here."""
    uses: tuple[PackageUse, ...]
    """By distribution and name."""
    adds: Cost | None = None
    """The size and number of it and its dependencies, without base packages; None if neither installed nor listed."""
    candidate: InstalledVersion | None = None
    """The version that would be installed, if only the downloaded package lists have it."""
    is_installation_known: bool = True
    """Whether the package database was read; false for the report on a lock, or for another system."""

    @property
    def version(self) -> str:
        """Return the installed version, `not installed`, or an empty string if unknown."""
        absent = "not installed" if self.is_installation_known else ""
        return self.installed.version if self.installed else absent

    @property
    def size(self) -> int:
        """Return its size in KiB without dependencies, installed or listed; 0 if unknown."""
        known = self.installed or self.candidate
        return known.size if known else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionRow:
    """One distribution with its needs and vendored libraries."""

    name: str
    """Its normalized name."""
    version: str
    """Its version."""
    wheel: str
    """The wheel's compressed tags."""
    needs: tuple[LockedNeed, ...]
    """The needs that have a provider, by name."""
    vendored: tuple[str, ...] = ()
    """The paths of vendored libraries, relative to its folder and sorted; only their folders in the report on a
    lock."""
    components: tuple[Component, ...] = ()
    """The components that its SBOMs list, without the distribution itself."""
    libraries: tuple[VendoredLibrary, ...] = ()
    """The libraries that are among its files or linked into them; empty for a distribution with SBOMs."""
    requirement_chain: tuple[str, ...] = ()
    """The distributions that require it, from a requested one to itself."""
    cost: Cost | None = None
    """The cost of its packages in the install line with dependencies; None if one is neither installed nor listed."""
    saved: Cost | None = None
    """The cost of the packages that nothing else needs, which removing it would save; None as for `cost`."""


class Scope(Enum):
    """How much of a report is printed."""

    FINDINGS = "findings"
    """Only the findings."""
    LINE = "line"
    """Also the packages of the install line."""
    ALL = "all"
    """Also offered packages, base packages, and the distributions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The whole report."""

    target: Target
    """The lock's target for the environment, with the policy applied."""
    packages: tuple[PackageRow, ...]
    """By name."""
    distributions: tuple[DistributionRow, ...]
    """By name; those with needs or vendored libraries."""
    findings: tuple[Finding, ...]
    """The worst first."""
    how_to_add: str = ""
    """A hint how to add the offered packages to the install line; empty if there are none."""
    adds: Cost | None = None
    """The cost of the install line with dependencies; None if a package is neither installed nor listed."""
    others: tuple[Target, ...] = ()
    """The lock's other targets."""
    is_from_lock: bool = False
    """Whether it is the report on a lock: installed packages are unknown, and only some checks ran."""

    @property
    def size(self) -> int:
        """Return the known installed size of the install line in KiB, without dependencies."""
        return sum(row.size for row in self.in_state(PackageState.INSTALL))

    def in_state(self, state: PackageState) -> tuple[PackageRow, ...]:
        """Return the packages in one state, by name."""
        return tuple(row for row in self.packages if row.state is state)


class Inventory(NamedTuple):
    """The packages and libraries of an environment and its system, for a report."""

    installed: Mapping[str, InstalledVersion]
    """Binary package -> its installed version."""
    is_installation_known: bool
    """Whether it is known which packages are installed; false for another system."""
    closures: Closures
    """The installed and listed packages with their dependencies."""
    components: Mapping[str, tuple[Component, ...]]
    """Distribution -> the components of its SBOMs."""
    libraries: Mapping[str, tuple[VendoredLibrary, ...]]
    """Distribution without an SBOM -> the libraries that its files are or contain."""
    requirement_chains: Mapping[str, tuple[str, ...]]
    """Distribution -> the distributions that require it, from a requested one to itself."""


def make_audit(
    evidence: Evidence,
    target: Target,
    findings: tuple[Finding, ...],
    inventory: Inventory,
    *,
    others: tuple[Target, ...] = (),
) -> Audit:
    """Return the report on an environment; `others` are the lock's other targets."""
    closures = inventory.closures
    line = _line(target)
    locked = {each.name: each for each in target.distribution}
    rows = [
        replace(
            _distribution_row(each.distribution, locked.get(each.distribution.name), line, closures),
            vendored=vendored_libraries(each, evidence.scan),
            components=inventory.components.get(each.distribution.name, ()),
            libraries=inventory.libraries.get(each.distribution.name, ()),
            requirement_chain=inventory.requirement_chains.get(each.distribution.name, ()),
        )
        for each in evidence.scan.distributions
    ]
    return Audit(
        target=target,
        packages=tuple(
            replace(row, is_installation_known=inventory.is_installation_known)
            for row in _package_rows(target, inventory.installed, closures)
        ),
        distributions=tuple(row for row in rows if row.needs or row.vendored or row.components or row.libraries),
        findings=findings,
        how_to_add=how_to_add(target, is_other_system=not inventory.is_installation_known),
        adds=closures.cost(line),
        others=others,
    )


def _distribution_row(
    distribution: Distribution,
    locked: LockedDistribution | None,
    line: Mapping[str, frozenset[str]],
    closures: Closures,
) -> DistributionRow:
    """Return the row of a distribution with its needs and their cost."""
    return DistributionRow(
        name=distribution.name,
        version=distribution.version,
        wheel=locked.wheel if locked else "",
        needs=tuple(locked.all_needs()) if locked else (),
        cost=closures.cost(_packages_needed_by(line, distribution.name)),
        saved=closures.savings(line, _packages_without(line, distribution.name)),
    )


def make_audit_of_lock(target: Target, findings: tuple[Finding, ...], others: tuple[Target, ...] = ()) -> Audit:
    """Return the report on a target of a lock, without versions, sizes, paths and SBOMs."""
    rows = (
        DistributionRow(
            name=each.name,
            version=each.version,
            wheel=each.wheel,
            needs=tuple(each.all_needs()),
            vendored=each.vendored,
            components=(),
        )
        for each in target.distribution
    )
    packages = _package_rows(target, {}, Closures({}))
    return Audit(
        target=target,
        packages=tuple(replace(row, adds=None, is_installation_known=False) for row in packages),
        distributions=tuple(rows),
        findings=findings,
        how_to_add=how_to_add(target, is_other_system=True),
        others=others,
        is_from_lock=True,
    )


def _line(target: Target) -> Mapping[str, frozenset[str]]:
    """Return the packages of the install line, each with the distributions that need it."""
    return {each.package.name: frozenset(each.by) for each in packages_to_install(target)}


def _packages_needed_by(line: Mapping[str, frozenset[str]], name: str) -> list[str]:
    return [package for package, holders in line.items() if name in holders]


def _packages_without(line: Mapping[str, frozenset[str]], name: str) -> list[str]:
    return [package for package, holders in line.items() if holders != {name}]


def _package_rows(
    target: Target, installed: Mapping[str, InstalledVersion], closures: Closures
) -> Iterator[PackageRow]:
    uses: defaultdict[str, list[PackageUse]] = defaultdict(list)
    versions = {each.name: each.version for each in target.distribution}
    for holder, need in target.needs():
        if need.installed:
            version = versions.get(holder, "")
            use = PackageUse(
                distribution=holder, version=version, name=need.name, when=need.when, confidence=need.confidence
            )
            uses[need.installed].append(use)
    inside = {each.package.name for each in packages_to_install(target)}
    for package in target.entries():
        yield PackageRow(
            package=package,
            state=PackageState.BASE
            if package.base
            else PackageState.INSTALL
            if package.name in inside
            else PackageState.OFFER,
            installed=installed.get(package.name),
            uses=tuple(sorted(uses[package.name], key=lambda use: (use.distribution, use.name, use.when))),
            adds=closures.cost((package.name,)),
            candidate=None if package.name in installed else _candidate(closures.candidate(package.name)),
        )


def _candidate(package: InstalledPackage | None) -> InstalledVersion | None:
    return None if package is None else InstalledVersion(version=package.version, size=package.size >> 10)


def vendored_libraries(needs: DistributionNeeds, scan: Scan) -> tuple[str, ...]:
    """Return the libraries in the folders that a distribution's own objects load from, relative to its base; sorted."""
    base = needs.distribution.base
    folders = {posixpath.normpath(f"{base}/{folder}") for folder in needs.vendored}
    libraries = (
        file
        for file in needs.distribution.files
        if (elf := scan.objects.get(file)) is not None and elf.soname is not None
    )
    return tuple(sorted(posixpath.relpath(each, base) for each in libraries if posixpath.dirname(each) in folders))


def components_of(name: str, sboms: Iterable[Sbom]) -> Iterator[Component]:
    """Yield the components of a distribution's SBOMs once each, without the distribution itself."""
    for each in dict.fromkeys(part for sbom in sboms for part in sbom.components):
        if each.name and canonicalize_name(each.name) != name:
            yield each
