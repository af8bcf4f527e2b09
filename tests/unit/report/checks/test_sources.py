"""Installed packages and the configured sources."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.evidence import SITE
from builders.facts import distribution, scan_of
from pip_sysdeps.model.needs import DistributionNeeds, FromPackage, Need, When
from pip_sysdeps.packages.family import AvailableVersions
from pip_sysdeps.report.evidence import Evidence
from pip_sysdeps.report.findings import findings


@pytest.mark.parametrize(
    ("versions", "released", "messages"),
    [
        ({}, {}, {"SD029": "2 is installed, and no configured source has the package"}),
        ({"libpq5": ("2",)}, {"libpq5": ("2",)}, {}),
        ({"libpq5": ("1", "3")}, {"libpq5": ("1", "3")}, {}),
        ({"libpq5": ("10", "2")}, {"libpq5": ("1",)}, {"SD030": "2 is installed, and the release has 1"}),
        ({"libpq5": ("2",)}, {}, {"SD030": "2 is installed, and only a source like backports has the package"}),
    ],
)
def test_what_the_sources_have(
    versions: dict[str, tuple[str, ...]], released: dict[str, tuple[str, ...]], messages: dict[str, str]
) -> None:
    """An installed package is in no source, or newer than all that the release has; else nothing is reported."""
    provider = FromPackage(package="libpq5", path="/usr/lib/libpq.so.5")
    need = Need(soname="libpq.so.5", when=When.IMPORT, by=(f"{SITE}one/m.so",), provider=provider)
    needs = DistributionNeeds(distribution=distribution("one"), needs=(need,), vendored=(), glibc="")
    subject = Evidence(
        scan=scan_of(needs),
        versions={"libpq5": "2"},
        available=AvailableVersions(versions=versions, released=released),
        version_key=int,
    )
    found_now = {each.entry.code: each.issue.message for each in findings(subject, select=["SD029", "SD030"])}
    assert found_now == messages
    unknown = replace(subject, available=None)
    assert findings(unknown, select=["SD029", "SD030"]) == ()


@pytest.mark.parametrize("package", ["libpq5:i386", "libgone1"])
def test_only_installed_packages_of_the_native_architecture_are_looked_for(package: str) -> None:
    """The lists are of that architecture."""
    provider = FromPackage(package=package, path="/usr/lib/libpq.so.5")
    need = Need(soname="libpq.so.5", when=When.IMPORT, by=(f"{SITE}one/m.so",), provider=provider)
    needs = DistributionNeeds(distribution=distribution("one"), needs=(need,), vendored=(), glibc="")
    nothing = AvailableVersions(versions={}, released={})
    subject = Evidence(scan=scan_of(needs), versions={"libpq5": "2", "libpq5:i386": "2"}, available=nothing)
    assert findings(subject, select=["SD029", "SD030"]) == ()
