"""A database that rpm itself wrote in its own format; `tests/data/rpm/make.sh` has the recipe."""

from __future__ import annotations

from pathlib import Path

from pip_sysdeps.packages.rpm.ndb import parse_ndb
from pip_sysdeps.packages.rpm.package import RpmPackage, parse_package

DATA = Path(__file__).parents[3] / "data" / "rpm"


def _packages() -> list[RpmPackage]:
    return [parse_package(header) for _, header in parse_ndb((DATA / "Packages.db").read_bytes())]


def _said(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()


def test_the_packages_are_those_that_rpm_lists() -> None:
    """Two packages are installed; the slot of the removed one is free."""
    rows = [row.split(" ") for row in _said("packages.txt")]
    expected = {
        (name, f"{epoch}:{version}-{release}", architecture, int(size), source)
        for name, epoch, version, release, architecture, size, source in rows
    }
    assert {
        (each.name, each.version, each.architecture, each.size, each.source_file) for each in _packages()
    } == expected


def test_the_files_are_those_that_rpm_has_installed() -> None:
    """A document that was left out is in the list, and not among the files."""
    rows = [row.split(" ") for row in _said("files.txt")]
    expected = {(path, package) for path, state, package in rows if state == "0"}
    assert len(expected) < len(rows)
    assert {(path, each.name) for each in _packages() if each.files for path in each.files.paths()} == expected


def test_the_dependencies_are_those_that_rpm_prints() -> None:
    """Provided and required capabilities, with versions."""
    found = [f"{each.name} provides {dependency}" for each in _packages() for dependency in each.provided]
    found += [f"{each.name} requires {dependency}" for each in _packages() for dependency in each.required]
    assert sorted(found) == _said("dependencies.txt")
