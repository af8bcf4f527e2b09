"""What two targets differ in, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pip_sysdeps.lock.document import LockedDistribution, LockedNeed, LockedPackage, Lockfile, Target, Unresolved
from pip_sysdeps.lock.selection import needs_in_line
from pip_sysdeps.packages.closure import Closures, Cost
from pip_sysdeps.packages.debian.dpkg_files import parse_status
from pip_sysdeps.report.diff import (
    DistributionChange,
    KeyChange,
    PackageChange,
    UnresolvedChange,
    diff_locks,
    diff_targets,
    with_sizes,
)

if TYPE_CHECKING:
    from pip_sysdeps.packages.debian.dpkg_files import PackageStatus
    from pip_sysdeps.report.diff import TargetDiff

PQ = LockedNeed(soname="libpq.so.5", package="libpq5", when="import")
GOMP = LockedNeed(soname="libgomp.so.1", package="libgomp1", when="import")
PG = LockedDistribution(name="psycopg2", version="2.9", needs=(PQ,))
GBM = LockedDistribution(name="lightgbm", version="4.7.0", needs=(GOMP,))


def target(*distributions: LockedDistribution, **changes: Any) -> Target:  # noqa: ANN401 - any field of a Target
    """Return a target with these distributions and the packages that they need."""
    packages = {need.package for each in distributions for need in each.needs if need.package}
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


def diff(old: Target | None, new: Target | None) -> TargetDiff:
    """Return what differs, which is something."""
    found = diff_targets(old, new, needs_in_line)
    assert found is not None
    return found


def change(what: str, name: str, *because: str, in_line: bool = True) -> PackageChange:
    """Return one change of a package."""
    return PackageChange(change=what, name=name, in_line=in_line, because=because)


PLUGIN = replace(PG, needs=(replace(PQ, when="plugin"),))
UPGRADED = replace(PG, version="3.0", needs=())
RENAMED = replace(PG, needs=(replace(PQ, package="libpq5t64"),))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([PG], [PG, GBM], [change("added", "libgomp1", "lightgbm 4.7.0 was added")]),
        ([PG, GBM], [PG], [change("removed", "libgomp1", "lightgbm 4.7.0 was removed")]),
        ([PG], [UPGRADED], [change("removed", "libpq5", "psycopg2 went from 2.9 to 3.0")]),
        ([UPGRADED], [PG], [change("added", "libpq5", "psycopg2 went from 3.0 to 2.9")]),
        ([replace(PG, needs=())], [PG], [change("added", "libpq5", "psycopg2 2.9 needs libpq.so.5")]),
        ([PG], [replace(PG, needs=())], [change("removed", "libpq5", "psycopg2 2.9 no longer needs libpq.so.5")]),
        ([PLUGIN], [PG], [change("added", "libpq5", "psycopg2 2.9 needs libpq.so.5")]),
        ([PG], [PLUGIN], [change("removed", "libpq5", "psycopg2 2.9 no longer needs libpq.so.5")]),
        ([], [PLUGIN], [change("added", "libpq5", "psycopg2 2.9 was added", in_line=False)]),
        (
            [PG],
            [RENAMED],
            [
                change("removed", "libpq5", "it is replaced by libpq5t64 (libpq.so.5 of psycopg2)"),
                change("added", "libpq5t64", "it replaces libpq5 (libpq.so.5 of psycopg2)"),
            ],
        ),
    ],
)
def test_packages_come_and_go_because_of_distributions(
    old: list[LockedDistribution], new: list[LockedDistribution], expected: list[PackageChange]
) -> None:
    """By what reaches the line: what only plugins need is no part of it."""
    assert list(diff(target(*old), target(*new)).packages) == expected


def test_a_package_that_stays() -> None:
    """With another floor or another pinned version."""
    old, new = (target(PG, package=(LockedPackage(name="libpq5", min=each),)) for each in ("10", ""))
    assert diff(old, new).packages == (change("changed", "libpq5", "any version, was at least 10"),)


def test_everything_else() -> None:
    """Distributions by version, what is unresolved, and plain keys."""
    old = target(PG, replace(GBM, needs=()), needs_glibc="2.28", needs_glibc_by="lightgbm")
    gone = Unresolved(soname="libgone.so.1", when="import", distribution="psycopg2")
    new = target(replace(PG, version="3.0"), unresolved=(gone,), needs_glibc="2.34", needs_glibc_by="psycopg2")
    found = diff(old, new)
    assert found.packages == ()
    assert found.distributions == (
        DistributionChange(change="removed", name="lightgbm", old="4.7.0", new=""),
        DistributionChange(change="changed", name="psycopg2", old="2.9", new="3.0"),
    )
    assert found.unresolved == (
        UnresolvedChange(change="added", name="libgone.so.1", distribution="psycopg2", when="import"),
    )
    assert found.keys == (KeyChange(key="needs-glibc", old="2.28 (lightgbm)", new="2.34 (psycopg2)"),)


def test_whole_targets_come_and_go() -> None:
    """And those that are alike are left out."""
    one, two = target(PG), replace(target(GBM), id="debian-trixie-amd64")
    assert diff_locks(Lockfile(target=(one, two)), Lockfile(target=(two, one)), needs_in_line) == ()
    (found,) = diff_locks(Lockfile(target=(one,)), Lockfile(target=(one, two)), needs_in_line)
    assert (found.id, found.change) == ("debian-trixie-amd64", "added")
    assert found.packages == (change("added", "libgomp1", "lightgbm 4.7.0 was added"),)
    (found,) = diff_locks(Lockfile(target=(one, two)), Lockfile(target=(one,)), needs_in_line)
    assert (found.id, found.change) == ("debian-trixie-amd64", "removed")


def test_two_targets_of_one_lock() -> None:
    """Are named both."""
    found = diff(target(PG), replace(target(RENAMED), id="debian-trixie-amd64"))
    assert found.id == "debian-bookworm-amd64 and debian-trixie-amd64"


def test_what_comes_has_its_size_beside_what_stays() -> None:
    """What a package of the line that stays pulls in anyway is not counted; what goes has no size."""
    installed = {
        "libpq5": dpkg_package("libpq5", "libssl3"),
        "libgomp1": dpkg_package("libgomp1", "libssl3", "libgcc-s1"),
        "libssl3": dpkg_package("libssl3"),
        "libgcc-s1": dpkg_package("libgcc-s1"),
    }
    found = diff_targets(target(PG), target(PG, GBM), needs_in_line)
    assert found is not None
    sized = with_sizes(found, ["libgomp1", "libpq5"], Closures(installed))
    assert [each.adds for each in sized.packages] == [Cost(packages=("libgcc-s1", "libgomp1"), size=200)]
    found = diff_targets(target(PG, GBM), target(PG), needs_in_line)
    assert found is not None
    assert [each.adds for each in with_sizes(found, ["libpq5"], Closures(installed)).packages] == [None]


def dpkg_package(name: str, *depends: str) -> PackageStatus:
    """Return an installed package of 100 KiB."""
    text = f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nInstalled-Size: 100\n"
    (status,) = parse_status(f"{text}Depends: {', '.join(depends)}\n".encode() if depends else text.encode())
    return status
