"""Compare the cost of packages that are not installed, on an rpm system, with what dnf would install."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from builders.debian import run_in
from builders.rpm import rpm_root, with_repository
from pip_sysdeps.packages.closure import Closures
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.debian, pytest.mark.network]

RELEASE = ("python3", "dnf", "rpm", "dash", "coreutils", "findutils")
NAMES = ("libpq5", "libgl1", "libxslt1-dev", "gcc", "createrepo-c", "build-essential")
NOTHING = ("--installroot=/nothing", "--releasever=1")
_UNITS = {"k": 1, "M": 1 << 10, "G": 1 << 20}


class Transaction(NamedTuple):
    """The packages and size that dnf would install."""

    packages: set[str]
    """The names of the packages that it would install."""
    size: float
    """Their installed size in KiB, as far as it prints it."""
    precision: float
    """The unit of its last digit, in KiB."""


def transaction(root: Path, name: str, *options: str) -> Transaction:
    """Run the dnf of a root."""
    command = ["dnf", *options, "install", "--assumeno", "--setopt=install_weak_deps=0", name]
    said = run_in(root, command, check=False).stdout
    packages = set(re.findall(r"^ (\S+)\s+(?:x86_64|noarch)\s+\S+\s+tests\s+[\d.]+ [kM]?$", said, re.MULTILINE))
    size = re.search(r"^Installed size: (\d+)(\.\d)? ([kMG])", said, re.MULTILINE)
    count = re.search(r"^Install +(\d+) Packages?$", said, re.MULTILINE)
    assert size is not None, said
    assert count is not None, said
    assert len(packages) == int(count[1]), said
    unit = _UNITS[size[3]]
    return Transaction(packages, float(size[1] + (size[2] or "")) * unit, unit * (0.1 if size[2] else 1))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root of rpm packages whose dnf has downloaded the metadata of a repository."""
    root = with_repository(rpm_root(tmp_path_factory.mktemp("rpm") / "release", RELEASE))
    run_in(root, ["dnf", "makecache"])
    return root


def test_the_packages_are_those_that_dnf_installs(release: Path) -> None:
    """The size is that which the package manager prints; in the root, and in one without installed packages."""
    packages = open_packages(Root(str(release)))
    assert packages is not None
    here = Closures(packages.packages, packages.packages, packages.candidates)
    nothing = Closures({}, (), packages.candidates)
    for name in NAMES:
        for closures, options in ((here, ()), (nothing, NOTHING)):
            expected = transaction(release, name, *options)
            cost = closures.cost([name])
            assert cost is not None
            assert set(cost.packages) == expected.packages, (name, options)
            assert abs(cost.size - expected.size) <= expected.precision, (name, options)
