"""Notes about a scan that the lock itself does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.facts import distribution, scan_of
from builders.locked import locked, need, target
from builders.packages import PlainDatabase, system_packages
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.needs import (
    Confidence,
    DistributionNeeds,
    FromCapability,
    FromPackage,
    Missing,
    Need,
    Provider,
    Unreachable,
    When,
)
from pip_sysdeps.report.lock_notes import (
    incomplete_distributions,
    install_notes,
    optional_needs,
    partly_searched,
    skipped_files,
)
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import LockedNeed
    from pip_sysdeps.model.scan import Scan


def scan(*needs: Need) -> Scan:
    """Return the scan of one distribution with these needs."""
    return scan_of(DistributionNeeds(distribution=distribution("one"), needs=needs, vendored=(), glibc=""))


def needed(soname: str, provider: Provider, when: When = When.IMPORT, *, optional: bool = False) -> Need:
    """Return a need of a library."""
    return Need(soname=soname, when=when, by=(), provider=provider, optional=optional)


PQ = needed("libpq.so.5", FromPackage(package="libpq5", path=""))
GL = needed("libGL.so.1", FromCapability(capability="so:libGL.so.1"))
MAGIC = needed("libmagic.so.1", FromPackage(package="libmagic1", path=""), When.DLOPEN)._replace(
    confidence=Confidence.HIGH
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ((need("libpq.so.5", "libpq5"),), ["in the install line, but not installed here: libpq5"]),
        ((need("libz.so.1", "zlib1g"),), []),
        ((need("libpq.so.5", "libpq5", "plugin"),), []),
        ((need("libpq.so.5", class_="ignored", policy=True),), []),
        (
            (
                need("libmagic.so.1", "libmagic1", "dlopen", confidence="high"),
                need("libGL.so.1", capability="so:libGL.so.1"),
            ),
            ["in the install line, but not installed here: libmagic1, so:libGL.so.1"],
        ),
    ],
)
def test_packages_of_the_line_that_are_not_installed(line: tuple[LockedNeed, ...], expected: list[str]) -> None:
    """The policy and `when` decide what is in the line, not the scan."""
    installed = needed("libz.so.1", FromPackage(package="zlib1g", path="/lib/libz.so.1"))
    assert [*install_notes(scan(PQ, GL, MAGIC, installed), target(locked("one", *line)), None)] == expected


ONE = (need("libpq.so.5", "libpq5"),)
TWO = (*ONE, need("libmagic.so.1", "libmagic1", "dlopen", confidence="high"))


@pytest.mark.parametrize(
    ("manager", "line", "said"),
    [
        ("dpkg", ONE, "libpq5 (the lock has its minimum version only if installed)"),
        ("dpkg", TWO, "libmagic1, libpq5 (the lock has their minimum version only if installed)"),
        ("apk", ONE, "libpq5"),
    ],
)
def test_least_versions_are_locked_for_installed_packages(
    manager: str, line: tuple[LockedNeed, ...], said: str
) -> None:
    """The note says so where the package manager records them."""
    packages = system_packages(manager, PlainDatabase())
    assert [*install_notes(scan(PQ, MAGIC), target(locked("one", *line)), packages)] == [
        f"in the install line, but not installed here: {said}"
    ]


@pytest.mark.parametrize(
    ("gone", "most", "message"),
    [
        ((), 5, []),
        (("one/a.so",), 5, ["one/a.so, listed in its RECORD, is missing"]),
        (("one/a.so", "one/b.so"), 1, ["one/a.so and 1 more, listed in its RECORD, are missing"]),
    ],
)
def test_a_distribution_without_some_of_its_files(gone: tuple[str, ...], most: int, message: list[str]) -> None:
    """Its missing files are named, at most so many."""
    one = distribution("one", missing_objects=tuple(f"/env/site/{each}" for each in gone))
    found = scan_of(DistributionNeeds(distribution=one, needs=(), vendored=(), glibc=""))
    assert [*incomplete_distributions(found, most)] == [
        f"one is incomplete: {each}; reinstall it, unless you removed that on purpose" for each in message
    ]


def test_an_editable_install_without_its_project() -> None:
    """Its needs are unknown, because they were in the project."""
    one = distribution("one", missing_project="/src")
    found = scan_of(DistributionNeeds(distribution=one, needs=(), vendored=(), glibc=""))
    assert [*incomplete_distributions(found, 5)] == [
        "one is an editable install of `/src`, which does not exist: its needs are unknown"
    ]


def test_distributions_that_are_partly_searched() -> None:
    """Their names are in one line, without this tool itself."""
    names = ("one", "pip-sysdeps", "two")
    needs = [
        DistributionNeeds(distribution=distribution(name, f"{name}.py"), needs=(), vendored=(), glibc="")
        for name in names
    ]
    long = [Skipped(path=f"/env/site/{name}.py", verdict=Verdict.TOO_LONG, reason="long") for name in names]
    assert [*partly_searched(scan_of(*needs)._replace(skipped=tuple(long)))] == [
        "some sources are too large to search, and their needs are unknown: one, two"
    ]
    assert [*partly_searched(scan_of(*needs)._replace(skipped=tuple(long[1:2])))] == []


def test_optional_needs_that_nothing_answers() -> None:
    """Needs that are found, and required ones, are reported elsewhere."""
    unreachable = Unreachable(distribution="two", path="/env/site/two/liba.so.1")
    needs = (
        needed("liba.so.1", unreachable, optional=True),
        needed("libb.so.1", Missing(), optional=True),
        needed("libc.so.1", Missing()),
        needed("libpq.so.5", FromPackage(package="libpq5", path=""), optional=True),
    )
    assert [*optional_needs(scan(*needs))] == [
        "optional, and not found: liba.so.1 (one)",
        "optional, and not found: libb.so.1 (one)",
    ]


def test_skipped_files_have_a_reason() -> None:
    """The line has the verdict, the path and the reason."""
    skipped = Skipped(path="/env/site/m.so", verdict=Verdict.MALFORMED, reason="offset 4: bad class")
    found = scan_of()._replace(skipped=(skipped,))
    assert [*skipped_files(found, Root("/"))] == ["skipped (malformed): /env/site/m.so: offset 4: bad class"]
