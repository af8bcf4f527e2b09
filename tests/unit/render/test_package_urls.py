"""Package URLs of distributions, system packages and libraries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.facts import distribution
from builders.locked import target
from pip_sysdeps.environment.vendored import Certainty, VendoredLibrary
from pip_sysdeps.render.package_urls import library_url, package_url, pypi, system_package
from pip_sysdeps.report.audit import InstalledVersion
from pip_sysdeps.report.materials import Materials

DEBIAN = target(release="12")
FEDORA = target(distro="fedora", release="42", architecture="x86_64", package_manager="rpm")
ARCH = target(distro="arch", architecture="x86_64", package_manager="pacman")


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "pkg:pypi/one@1.0"),
        ({"version": "1.0+cu12"}, "pkg:pypi/one@1.0%2Bcu12"),
        ({"version": ""}, "pkg:pypi/one"),
        ({"source": "editable"}, "pkg:pypi/one"),
    ],
)
def test_a_distribution(changes: dict[str, str], url: str) -> None:
    """An editable one may differ from what its version says."""
    assert pypi(distribution("one", **changes)) == url


@pytest.mark.parametrize(
    ("name", "version", "on", "url"),
    [
        ("libpq5", "15.8-0+deb12u1", DEBIAN, "pkg:deb/debian/libpq5@15.8-0%2Bdeb12u1?arch=amd64&distro=debian-12"),
        ("libstdc++6", "1:2~rc1", DEBIAN, "pkg:deb/debian/libstdc%2B%2B6@1:2~rc1?arch=amd64&distro=debian-12"),
        ("libc6:i386", "", DEBIAN, "pkg:deb/debian/libc6?arch=i386&distro=debian-12"),
        ("glibc.i686", "2:1-2", FEDORA, "pkg:rpm/fedora/glibc@1-2?arch=i686&distro=fedora-42&epoch=2"),
        ("glibc", "1-2", FEDORA, "pkg:rpm/fedora/glibc@1-2?arch=x86_64&distro=fedora-42"),
        ("glibc", "1:2-3", ARCH, "pkg:generic/arch/glibc@1:2-3?arch=x86_64&distro=arch"),
    ],
)
def test_a_system_package(name: str, version: str, on: object, url: str) -> None:
    """By the type of its package manager; of an unknown one, the generic type."""
    assert system_package(name, version, on) == url  # type: ignore[arg-type]


def test_a_package_has_the_version_that_is_installed() -> None:
    """A package that is not installed has no version."""
    materials = Materials(
        target=DEBIAN,
        distributions=(),
        required={},
        vendored={},
        libraries={},
        sboms={},
        installed={"libpq5": InstalledVersion(version="15", size=1)},
    )
    assert package_url("libpq5", materials) == "pkg:deb/debian/libpq5@15?arch=amd64&distro=debian-12"
    assert package_url("zlib1g", materials) == "pkg:deb/debian/zlib1g?arch=amd64&distro=debian-12"


def test_a_library() -> None:
    """By the name that its project has for it."""
    library = VendoredLibrary(
        path="a.so", name="lib a", version="1.0", confidence=Certainty.LOW, evidence="x", by_name=True
    )
    assert library_url(library) == "pkg:generic/lib%20a@1.0"
    assert library_url(replace(library, version="1~2")) == "pkg:generic/lib%20a@1~2"
