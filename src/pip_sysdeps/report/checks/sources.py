"""Check for installed packages that the configured sources do not have, or not in that version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.model.needs import FromPackage
from pip_sysdeps.report.evidence import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.report.evidence import Evidence


def package_without_source(evidence: Evidence) -> Iterator[Issue]:
    """Yield needed, installed packages that no configured source has."""
    for distribution, package, by in _needed_packages(evidence):
        if evidence.available and package not in evidence.available.versions:
            message = f"{evidence.versions[package]} is installed, and no configured source has the package"
            yield Issue(subjects=(package,), message=message, distribution=distribution, files=by)


def package_beyond_release(evidence: Evidence) -> Iterator[Issue]:
    """Yield needed packages that are installed in a newer version than the release has."""
    for distribution, package, by in _needed_packages(evidence):
        if evidence.available is None or package not in evidence.available.versions:
            continue
        installed = evidence.versions[package]
        released = sorted(evidence.available.released.get(package, ()), key=evidence.version_key)
        if released and evidence.version_key(installed) <= evidence.version_key(released[-1]):
            continue
        availability = f"the release has {released[-1]}" if released else "only a source like backports has the package"
        message = f"{installed} is installed, and {availability}"
        yield Issue(subjects=(package,), message=message, distribution=distribution, files=by)


def _needed_packages(evidence: Evidence) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each needed and installed package of the native architecture, with its holder and files."""
    for holder, need in evidence.undecided_needs():
        match need.provider:
            case FromPackage(package=package) if ":" not in package and package in evidence.versions:
                yield holder, package, need.by
