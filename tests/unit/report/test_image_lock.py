"""A release image, compared with its lock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.facts import distribution, scan_of
from builders.image import PlainSystem, image
from builders.locked import locked, need, target
from pip_sysdeps.lock.document import LockedPackage
from pip_sysdeps.model.needs import DistributionNeeds, FromPackage, Need, When
from pip_sysdeps.report.catalogue import MISSING_IN_IMAGE, NOT_LOCKED, OLD_PACKAGE
from pip_sysdeps.report.image import index_target
from pip_sysdeps.report.image_lock import lock_problems, missing_declared_packages
from pip_sysdeps.report.problems import Problem

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import LockedDistribution, LockedNeed
    from pip_sysdeps.model.scan import Scan

WHEEL = "cp311-cp311-manylinux_2_28_x86_64"
PQ = Need(
    soname="libpq.so.5", when=When.IMPORT, by=("/env/site/m.so",), provider=FromPackage(package="libpq5", path="/lib/a")
)
ONE = distribution("one")
LOCKED = locked("one", need("libpq.so.5", "libpq5"), wheel=WHEEL)


def scan(*names: str, needs: tuple[Need, ...] = (PQ,), **changes: object) -> Scan:
    """Return an environment of distributions with these needs."""
    found = (distribution(name)._replace(**changes) for name in names)  # type: ignore[arg-type] # fields of its own
    return scan_of(*(DistributionNeeds(distribution=each, needs=needs, vendored=(), glibc="") for each in found))


@pytest.mark.parametrize(
    ("found", "distributions", "messages"),
    [
        (scan("one"), [LOCKED], []),
        (scan("one", needs=()), [], []),
        (scan(), [LOCKED], ["one 1.0 is locked, but not installed"]),
        (scan("one", version="2.0"), [LOCKED], ["one 1.0 is locked, 2.0 is installed"]),
        (scan("one", source="editable"), [LOCKED], ["one 1.0 is locked, an editable install is installed"]),
        (scan("one", tags=()), [LOCKED], [f"one 1.0: {WHEEL} is locked, no wheel is installed"]),
        (scan("one"), [replace(LOCKED, wheel="")], [f"one 1.0: no wheel is locked, {WHEEL} is installed"]),
        (scan("one"), [], ["one 1.0 is installed and has needs, but is not locked"]),
    ],
)
def test_distributions_that_differ(found: Scan, distributions: list[LockedDistribution], messages: list[str]) -> None:
    """Presence, version and wheel are compared; a distribution without needs is not in the lock."""
    against = target(*distributions)
    assert [*lock_problems(image(found), against)] == [
        Problem(error=True, entry=NOT_LOCKED, distribution="", subject=against.id, message=message)
        for message in messages
    ]


@pytest.mark.parametrize(
    ("abi_tag", "messages"), [("cp311", []), ("", []), ("cp312", ["cp311 is locked, cp312 runs the environment"])]
)
def test_another_python_than_the_locked_one(abi_tag: str, messages: list[str]) -> None:
    """An unknown version is not compared."""
    found = scan()
    interpreter = found.environment.interpreter._replace(abi_tag=abi_tag)
    found = found._replace(environment=found.environment._replace(interpreter=interpreter))
    assert [each.message for each in lock_problems(image(found), target())] == messages


@pytest.mark.parametrize(("installed", "is_old"), [("9", True), ("10", False), ("11", False), ("", False)])
def test_a_package_older_than_its_least_version(installed: str, is_old: bool) -> None:
    """By the package manager's order; one that is not installed is another problem."""
    against = target(package=(LockedPackage(name="libpq5", min="10"), LockedPackage(name="zlib1g")))
    system = PlainSystem(installed={"libpq5": installed, "zlib1g": "1"} if installed else {})
    message = f"libpq5 {installed} is installed, the lock needs 10 or later"
    expected = Problem(
        error=True, entry=OLD_PACKAGE, distribution="", subject="libpq5", message=message, package="libpq5"
    )
    assert [*lock_problems(image(scan(), system), against)] == ([expected] if is_old else [])


@pytest.mark.parametrize(
    ("declared", "installed", "message"),
    [
        (need("", "fonts-x", "declared"), {"bash": "1"}, "fonts-x is not installed"),
        (need("", "fonts-x", "declared", note="for PDFs"), {"bash": "1"}, "fonts-x is not installed: for PDFs"),
        (need("", "fonts-x", "declared"), {"fonts-x": "1"}, ""),
        (need("", "fonts-x", "declared"), {}, ""),
        (need("", "fonts-x", "declared", confidence="low"), {"bash": "1"}, ""),
        (need("", "fonts-x", "dlopen", confidence="high"), {"bash": "1"}, ""),
        (need("libpq.so.5", "fonts-x", "declared"), {"bash": "1"}, ""),
        (need("liba.so.1", capability="so:liba.so.1", when="declared"), {"bash": "1"}, ""),
    ],
)
def test_declared_packages_that_are_not_installed(
    declared: LockedNeed, installed: dict[str, str], message: str
) -> None:
    """Of the install line, as far as no file shows the need; a package database has capabilities under other names."""
    problem = Problem(
        error=True, entry=MISSING_IN_IMAGE, distribution="one", subject="fonts-x", message=message, package="fonts-x"
    )
    found = image(scan("one"), PlainSystem(installed=installed))
    assert [*missing_declared_packages(found, index_target(target(locked("one", declared))))] == (
        [problem] if message else []
    )
