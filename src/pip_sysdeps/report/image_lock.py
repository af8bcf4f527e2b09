"""Compare a release image with its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.lock.build import distributions
from pip_sysdeps.model.needs import When
from pip_sysdeps.report.catalogue import (
    MISSING_IN_IMAGE,
    NOT_LOCKED,
    OLD_PACKAGE,
)
from pip_sysdeps.report.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import LockedNeed, Target
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.report.image import Image, IndexedTarget


def lock_problems(image: Image, target: Target) -> Iterator[Problem]:
    """Yield the differences between the image and the lock."""
    for text in _differences(image.scan, target):
        yield Problem(error=True, entry=NOT_LOCKED, distribution="", subject=target.id, message=text)
    for package in target.package:
        version = image.system.installed.get(package.name, "")
        if package.min and version and image.system.version_key(version) < image.system.version_key(package.min):
            yield Problem(
                error=True,
                entry=OLD_PACKAGE,
                distribution="",
                subject=package.name,
                message=f"{package.name} {version} is installed, the lock needs {package.min} or later",
                package=package.name,
            )


def missing_declared_packages(image: Image, locked: IndexedTarget) -> Iterator[Problem]:
    """Yield packages that only a declaration names and that are not installed."""
    found = {(holder, need.name) for holder, need in image.scan.needs()}
    for holder, need in locked.target.needs():
        declared = need.when == When.DECLARED.value and (holder, need.name) in locked.in_line - found
        if declared and need.package and image.system.installed and need.package not in image.system.installed:
            yield Problem(
                error=True,
                entry=MISSING_IN_IMAGE,
                distribution=holder,
                subject=need.package,
                message=f"{need.package} is not installed{f': {need.note}' if need.note else ''}",
                package=need.package,
            )


def _is_reliable(need: LockedNeed, scan: Scan) -> bool:
    """Return whether a need is reliable: without a package database, "unowned" files may belong to the C library."""
    return bool(scan.platform.package_manager) or need.class_ != "unowned"


def _differences(scan: Scan, target: Target) -> Iterator[str]:
    """Yield messages about distributions that differ between environment and lock."""
    abi_tag = scan.environment.interpreter.abi_tag
    if abi_tag and abi_tag != target.python:
        yield f"{target.python} is locked, {abi_tag} runs the environment"
    installed = distributions(scan)
    for locked in target.distribution:
        found = installed.pop(locked.name, None)
        label = f"{locked.name} {locked.version}".rstrip()
        if found is None:
            yield f"{label} is locked, but not installed"
        elif found.version != locked.version:
            yield f"{label} is locked, {found.version or 'an editable install'} is installed"
        elif found.wheel != locked.wheel:
            yield f"{label}: {locked.wheel or 'no wheel'} is locked, {found.wheel or 'no wheel'} is installed"
    for found in installed.values():
        if any(_is_reliable(need, scan) for need in found.needs):
            yield f"{found.name} {found.version}".rstrip() + " is installed and has needs, but is not locked"
