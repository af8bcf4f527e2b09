"""Explain why something is needed, from an environment or a lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from pip_sysdeps.app.audit import closures_of
from pip_sysdeps.app.locked_target import read_locked_target
from pip_sysdeps.app.report import scan_environment
from pip_sysdeps.lock.build import newest_glibc
from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.report.why import (
    accepted_names,
    accepted_names_of_lock,
    accepted_paths,
    paths_of_soname,
    why,
    why_locked,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.app.place import Location
    from pip_sysdeps.app.report import ScannedEnvironment
    from pip_sysdeps.lock.document import Target
    from pip_sysdeps.report.why import Chain, LockedChain


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentAnswer:
    """The answer from an environment."""

    scanned: ScannedEnvironment
    """The environment."""
    chains: tuple[Chain, ...]
    """Why it is needed; none if nothing needs it."""
    names: frozenset[str]
    """All names that `why` accepts, for suggestions."""
    glibc: tuple[str, str]
    """The newest glibc version that is needed, and by whom."""
    installed: str
    """The distribution of that name, with its version; empty if there is none."""
    by_policy: tuple[LockedChain, ...]
    """If no file needs it: what the policy adds, or puts in the place of something else."""
    required_by: tuple[str, ...]
    """The packages to install that depend on it, if no file needs it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockAnswer:
    """The answer from a lock."""

    target: Target
    """The target that was asked."""
    warning: str
    """A warning about the lock itself."""
    chains: tuple[LockedChain, ...]
    """Why it is needed; none if nothing needs it."""
    names: frozenset[str]
    """All names that `why` accepts, for suggestions."""
    glibc: tuple[str, str]
    """The newest glibc version that is needed, and by whom."""
    installed: str
    """The distribution of that name, with its version; empty if there is none."""


def why_in_environment(
    location: Location, name: str, *, target: str | None = None, second_process: bool = False
) -> EnvironmentAnswer:
    """Scan an environment and return why a package, library, distribution or file is needed there.

    `target` is the id of another system to scan it for.
    """
    scanned = scan_environment(location, target=target, lock_fallback=True, second_process=second_process)
    chains = why(scanned.scan, name, scanned.requirement_chains)
    if not chains and (path := _known_path(scanned, name)):
        chains = why(scanned.scan, path, scanned.requirement_chains)
    return EnvironmentAnswer(
        scanned=scanned,
        chains=chains,
        names=accepted_names(scanned.scan),
        glibc=newest_glibc(scanned.scan),
        installed=_name_and_version(name, {each.name: each.version for each in scanned.scan.environment.distributions}),
        by_policy=(by_policy := () if chains else why_locked(scanned.target(), name)),
        required_by=() if chains or by_policy else tuple(_dependents(scanned, name)),
    )


def _known_path(scanned: ScannedEnvironment, name: str) -> str:
    """Return the path that the scan has for a file with several, such as by /lib and /usr/lib; empty for another."""
    root = scanned.place.root
    real = root.resolve(name) if name.startswith("/") else None
    return next((path for path in accepted_paths(scanned.scan) if real and root.resolve(path) == real), "")


def _dependents(scanned: ScannedEnvironment, name: str) -> Iterator[str]:
    """Yield the packages to install that depend on a package, or on that of a library."""
    packages = scanned.place.packages
    if packages is None:
        return
    files = [name] if name.startswith("/") else paths_of_soname(scanned.scan, name)
    queried = {name, *(owner.package for owner in map(packages.owner, files) if owner)}
    target = scanned.target()
    closures = closures_of(packages, target)
    for package in (each.package.name for each in packages_to_install(target)):
        cost = closures.cost((package,))
        if cost and not queried.isdisjoint(cost.packages):
            yield package


def why_in_lock(path: str, name: str, *, target: str | None = None, root: str = "/") -> LockAnswer:
    """Return why something is needed, from a lock; `target` and `root` as for `read_locked_target`, which may raise."""
    lock = read_locked_target(path, target, root=root)
    chosen = lock.target
    return LockAnswer(
        target=chosen,
        warning=lock.warning,
        chains=why_locked(chosen, name),
        names=accepted_names_of_lock(chosen),
        glibc=(chosen.needs_glibc, chosen.needs_glibc_by),
        installed=_name_and_version(name, {each.name: each.version for each in chosen.distribution}),
    )


def _name_and_version(name: str, versions: Mapping[str, str]) -> str:
    normalized = canonicalize_name(name)
    return f"{normalized} {versions[normalized]}".rstrip() if normalized in versions else ""
