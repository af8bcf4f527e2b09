"""What two targets differ in, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from builders.locked import target
from pip_sysdeps.lock.document import (
    LockedBase,
    LockedDistribution,
    LockedFile,
    LockedNeed,
    LockedPackage,
    Lockfile,
    Target,
    Unresolved,
)
from pip_sysdeps.lock.selection import needs_to_install
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


def diff(old: Target | None, new: Target | None) -> TargetDiff:
    """Return what differs, which is something."""
    found = diff_targets(old, new, needs_to_install)
    assert found is not None
    return found


def change(what: str, name: str, *because: str, in_line: bool = True) -> PackageChange:
    """Return one change of a package."""
    return PackageChange(change=what, name=name, in_line=in_line, because=because)


def bare(found: TargetDiff | None) -> list[PackageChange]:
    """Return the changes of packages without who needs them, which has a test of its own."""
    return [replace(each, holders=(), details=()) for each in found.packages] if found else []


OF_PG = " (libpq.so.5 of psycopg2)"
PLUGIN = replace(PG, needs=(replace(PQ, when="plugin"),))
UPGRADED = replace(PG, version="3.0", needs=())
RENAMED = replace(PG, needs=(replace(PQ, package="libpq5t64"),))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([PG], [PG, GBM], [change("added", "libgomp1", "lightgbm 4.7.0 was added")]),
        ([PG, GBM], [PG], [change("removed", "libgomp1", "lightgbm 4.7.0 was removed")]),
        ([PG], [UPGRADED], [change("removed", "libpq5", "psycopg2 changed from 2.9 to 3.0")]),
        ([UPGRADED], [PG], [change("added", "libpq5", "psycopg2 changed from 3.0 to 2.9")]),
        ([replace(PG, needs=())], [PG], [change("added", "libpq5", "psycopg2 2.9 needs libpq.so.5")]),
        ([PG], [replace(PG, needs=())], [change("removed", "libpq5", "psycopg2 2.9 no longer needs libpq.so.5")]),
        ([PLUGIN], [PG], [change("added", "libpq5", f"it is needed for an import, was for a plugin{OF_PG}")]),
        ([PG], [PLUGIN], [change("removed", "libpq5", f"it is needed for a plugin, was for an import{OF_PG}")]),
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
    """Only needs in the install line count, not those of plugins."""
    assert bare(diff(target(*old), target(*new))) == expected


def policy(**changes: Any) -> LockedDistribution:  # noqa: ANN401 - any field of a need
    """Return the distribution with its need as the policy decides it."""
    return replace(PG, needs=(replace(PQ, policy=True, note="we know", **changes),))


def answered(**changes: Any) -> LockedDistribution:  # noqa: ANN401 - any field of a need
    """Return the distribution with its need as something else than a package answers it."""
    return replace(PG, needs=(replace(PQ, package="", **changes),))


ADDED = replace(
    PG, needs=(LockedNeed(soname="libpq.so.5", package="libpq5", when="declared", policy=True, note="why"),)
)
OFFERED = replace(PG, needs=(replace(PQ, when="dlopen", confidence="medium"),))
SURE = replace(PG, needs=(replace(PQ, when="dlopen", confidence="high"),))
WHEEL = replace(PG, wheel="cp311-cp311-manylinux_2_17_x86_64", needs=())
IN_BASE = LockedPackage(name="libpq5", base=True)
GONE = Unresolved(soname="libpq.so.5", when="import", distribution="psycopg2")
NOT_NEEDING = replace(PG, needs=())


@pytest.mark.parametrize(
    ("other", "goes", "comes"),
    [
        (
            target(policy(package="", class_="ignored")),
            f"the policy ignores it: we know{OF_PG}",
            f"the policy no longer ignores it{OF_PG}",
        ),
        (
            target(policy(package="", class_="ignored"), GBM),
            f"the policy ignores it: we know{OF_PG}",
            f"the policy no longer ignores it{OF_PG}",
        ),
        (
            target(policy(package="", class_="ignored"), id="debian-trixie-amd64"),
            f"the policy ignores it: we know{OF_PG}",
            f"the policy no longer ignores it{OF_PG}",
        ),
        (
            target(policy(package="libpq-other")),
            f"the policy replaces it with libpq-other: we know{OF_PG}",
            f"the policy no longer replaces it with libpq-other{OF_PG}",
        ),
        (
            target(replace(policy(package="", class_="ignored"), version="3.0")),
            f"the policy ignores it: we know{OF_PG}",
            f"the policy no longer ignores it{OF_PG}",
        ),
        (target(RENAMED), f"it is replaced by libpq5t64{OF_PG}", f"it replaces libpq5t64{OF_PG}"),
        (
            target(answered(class_="host", note="a driver")),
            f"the host provides it{OF_PG}",
            f"the host no longer provides it{OF_PG}",
        ),
        (
            target(answered(class_="distribution", distribution="pq")),
            f"pq provides it{OF_PG}",
            f"pq no longer provides it{OF_PG}",
        ),
        (
            target(answered(class_="unowned", path="/opt/libpq.so.5")),
            f"/opt/libpq.so.5, which no package owns, is found now{OF_PG}",
            f"/opt/libpq.so.5, which no package owns, was found before{OF_PG}",
        ),
        (
            target(NOT_NEEDING, unresolved=(GONE,)),
            f"nothing has it{OF_PG}",
            f"nothing had it{OF_PG}",
        ),
        (
            target(PG, package=(IN_BASE,), id="debian-trixie-amd64"),
            f"every image of debian-trixie-amd64 has it{OF_PG}",
            f"every image of debian-trixie-amd64 has it{OF_PG}",
        ),
        (target(PG, package=(IN_BASE,)), f"every image has it{OF_PG}", f"every image no longer has it{OF_PG}"),
        (
            target(
                replace(NOT_NEEDING, base=(LockedBase(package="libpq5", sonames=("libpq.so.5",)),)), package=(IN_BASE,)
            ),
            f"every image has it{OF_PG}",
            f"every image no longer has it{OF_PG}",
        ),
        (
            target(replace(PLUGIN, version="3.0")),
            f"psycopg2 changed from 2.9 to 3.0: it is needed for a plugin, was for an import{OF_PG}",
            f"psycopg2 changed from 3.0 to 2.9: it is needed for an import, was for a plugin{OF_PG}",
        ),
        (
            target(OFFERED),
            f"it is needed for dlopen, was for an import{OF_PG}",
            f"it is needed for an import, was for dlopen{OF_PG}",
        ),
        (target(UPGRADED), "psycopg2 changed from 2.9 to 3.0", "psycopg2 changed from 3.0 to 2.9"),
        (
            target(WHEEL),
            "psycopg2 2.9 is cp311-cp311-manylinux_2_17_x86_64, was without wheel",
            "psycopg2 2.9 is without wheel, was cp311-cp311-manylinux_2_17_x86_64",
        ),
        (target(NOT_NEEDING), "psycopg2 2.9 no longer needs libpq.so.5", "psycopg2 2.9 needs libpq.so.5"),
        (
            target(NOT_NEEDING, id="debian-trixie-amd64"),
            "psycopg2 2.9 does not need libpq.so.5 on debian-trixie-amd64",
            "psycopg2 2.9 does not need libpq.so.5 on debian-trixie-amd64",
        ),
        (target(), "psycopg2 2.9 was removed", "psycopg2 2.9 was added"),
        (None, "psycopg2 2.9 was removed", "psycopg2 2.9 was added"),
    ],
)
def test_why_a_package_is_on_one_side(other: Target | None, goes: str, comes: str) -> None:
    """By what the other side has for the same need; both ways."""
    removed, added = diff(target(PG), other), diff(other, target(PG))
    assert [each for each in bare(removed) if each.name == "libpq5"] == [change("removed", "libpq5", goes)]
    assert [each for each in bare(added) if each.name == "libpq5"] == [change("added", "libpq5", comes)]


@pytest.mark.parametrize(
    ("without", "with_", "goes", "comes"),
    [
        (PLUGIN, ADDED, f"the policy no longer adds it{OF_PG}", f"the policy adds it: why{OF_PG}"),
        (NOT_NEEDING, ADDED, f"the policy no longer adds it{OF_PG}", f"the policy adds it: why{OF_PG}"),
        (
            RENAMED,
            policy(),
            f"the policy no longer replaces libpq5t64 with it{OF_PG}",
            f"the policy replaces libpq5t64 with it: we know{OF_PG}",
        ),
        (
            OFFERED,
            SURE,
            f"the confidence that it is needed is medium, was high{OF_PG}",
            f"the confidence that it is needed is high, was medium{OF_PG}",
        ),
        (
            replace(PLUGIN, when=("import",)),
            replace(PLUGIN, when=("default", "plugin")),
            f"`when` is import, was default, plugin{OF_PG}",
            f"`when` is default, plugin, was import{OF_PG}",
        ),
        (
            PLUGIN,
            replace(PLUGIN, when=("default", "plugin")),
            f"`when` is default, was default, plugin{OF_PG}",
            f"`when` is default, plugin, was default{OF_PG}",
        ),
    ],
)
def test_why_a_need_reaches_the_line(
    without: LockedDistribution, with_: LockedDistribution, goes: str, comes: str
) -> None:
    """By the policy, by how sure it is, or by what the project wants in its line."""
    (removed,) = [each for each in bare(diff(target(with_), target(without))) if each.name == "libpq5"]
    (added,) = [each for each in bare(diff(target(without), target(with_))) if each.name == "libpq5"]
    assert (removed, added) == (change("removed", "libpq5", goes), change("added", "libpq5", comes))


def test_the_projects_own_when() -> None:
    """Of the target, where the distribution has none."""
    old, new = target(PLUGIN), target(PLUGIN, when=("default", "plugin"))
    assert bare(diff(old, new)) == [change("added", "libpq5", f"`when` is default, plugin, was default{OF_PG}")]


@pytest.mark.parametrize(
    ("installed", "because"),
    [
        ({"psycopg2": "3.0"}, "psycopg2 changed from 2.9 to 3.0"),
        ({"psycopg2": "2.9"}, "psycopg2 2.9 no longer needs libpq.so.5"),
        ({"other": "1"}, "psycopg2 2.9 was removed"),
    ],
)
def test_a_distribution_that_needs_nothing_any_more(installed: dict[str, str], because: str) -> None:
    """It is not in the lock; the environment shows that it was not removed."""
    found = diff_targets(target(PG), target(), needs_to_install, installed)
    assert found is not None
    assert bare(found) == [change("removed", "libpq5", because)]


def test_several_distributions_with_the_same_reason() -> None:
    """They are named together."""
    ignored = [replace(policy(package="", class_="ignored"), name=name) for name in ("psycopg2", "psycopg3")]
    found = diff(target(PG, replace(PG, name="psycopg3")), target(*ignored))
    because = "the policy ignores it: we know (libpq.so.5 of psycopg2, psycopg3)"
    assert bare(found) == [change("removed", "libpq5", because)]


def test_a_file_that_no_record_claims() -> None:
    """It has reasons like a distribution."""
    file = LockedFile(file="lib/x.so", needs=(PQ,))
    ignoring = target(unattributed=(file,), package=(LockedPackage(name="libpq5"),))
    assert bare(diff(ignoring, target())) == [change("removed", "libpq5", "lib/x.so was removed")]


def test_a_package_that_stays() -> None:
    """A changed least or pinned version is shown."""
    old, new = (target(PG, package=(LockedPackage(name="libpq5", min=each),)) for each in ("10", ""))
    assert diff(old, new).packages == (change("changed", "libpq5", "any version, was at least 10"),)


def test_who_needs_what_moves() -> None:
    """Reasons are shown only if they say more than that a distribution comes or goes."""
    (found,) = diff(target(PG), target(PG, GBM)).packages
    assert (found.holders, found.details) == (("lightgbm",), ())
    found, _ = diff(target(PG), target(RENAMED)).packages
    assert (found.holders, found.details) == (("psycopg2",), found.because)


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
    """Targets without a difference are left out."""
    one, two = target(PG), replace(target(GBM), id="debian-trixie-amd64")
    assert diff_locks(Lockfile(target=(one, two)), Lockfile(target=(two, one)), needs_to_install) == ()
    (found,) = diff_locks(Lockfile(target=(one,)), Lockfile(target=(one, two)), needs_to_install)
    assert (found.id, found.change) == ("debian-trixie-amd64", "added")
    assert bare(found) == [change("added", "libgomp1", "lightgbm 4.7.0 was added")]
    (found,) = diff_locks(Lockfile(target=(one, two)), Lockfile(target=(one,)), needs_to_install)
    assert (found.id, found.change) == ("debian-trixie-amd64", "removed")


def test_two_targets_of_one_lock() -> None:
    """Both are named."""
    found = diff(target(PG), replace(target(RENAMED), id="debian-trixie-amd64"))
    assert found.id == "debian-bookworm-amd64 and debian-trixie-amd64"


def test_what_comes_has_its_size_beside_what_stays() -> None:
    """What a package of the line that stays pulls in anyway is not counted; what goes has what it took."""
    installed = {
        "libpq5": dpkg_package("libpq5", "libssl3"),
        "libgomp1": dpkg_package("libgomp1", "libssl3", "libgcc-s1"),
        "libssl3": dpkg_package("libssl3"),
        "libgcc-s1": dpkg_package("libgcc-s1"),
    }
    found = diff_targets(target(PG), target(PG, GBM), needs_to_install)
    assert found is not None
    sized = with_sizes(found, ["libgomp1", "libpq5"], Closures(installed))
    assert [each.adds for each in sized.packages] == [Cost(packages=("libgcc-s1", "libgomp1"), size=200)]
    found = diff_targets(target(PG, GBM), target(PG), needs_to_install)
    assert found is not None
    sized = with_sizes(found, ["libpq5"], Closures(installed))
    assert [each.adds for each in sized.packages] == [Cost(packages=("libgcc-s1", "libgomp1"), size=200)]
    assert [each.adds for each in with_sizes(found, ["libpq5"], Closures({})).packages] == [None]


def dpkg_package(name: str, *depends: str) -> PackageStatus:
    """Return an installed package of 100 KiB."""
    text = f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nInstalled-Size: 100\n"
    (status,) = parse_status(f"{text}Depends: {', '.join(depends)}\n".encode() if depends else text.encode())
    return status
