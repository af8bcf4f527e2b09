"""Values of a lock with plain defaults, for tests of what is decided from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pip_sysdeps.lock.document import LockedDistribution, LockedNeed, LockedPackage, Target

TARGET_FACTS = """\
id = "debian-bookworm-amd64"
distro = "debian"
release = "12"
architecture = "amd64"
package-manager = "dpkg"
libc = "glibc"
python = "cp311"
"""
"""The first lines of a target in a lock, after `[[target]]`."""


def need(soname: str, package: str = "", when: str = "import", **changes: Any) -> LockedNeed:  # noqa: ANN401 - any field
    """Return a need of a library, which this package answers."""
    return replace(LockedNeed(soname=soname, package=package, when=when), **changes)


def locked(name: str, *needs: LockedNeed, **changes: Any) -> LockedDistribution:  # noqa: ANN401 - any field
    """Return a distribution with these needs in the install line."""
    return replace(LockedDistribution(name=name, version="1.0", needs=needs), **changes)


def target(*distributions: LockedDistribution, **changes: Any) -> Target:  # noqa: ANN401 - any field of a Target
    """Return a target with these distributions and the packages that they need."""
    packages = {need.package for each in distributions for need in each.all_needs() if need.package}
    made = Target(
        id="debian-bookworm-amd64",
        distro="debian",
        architecture="amd64",
        package_manager="dpkg",
        libc="glibc",
        python="cp311",
        distribution=distributions,
        package=tuple(LockedPackage(name=name) for name in sorted(packages)),
    )
    return replace(made, **changes)
