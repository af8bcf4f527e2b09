"""The known package managers, and which of them a root or a target has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.facts import scan_of
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.registry import (
    LinuxDistribution,
    default_directories,
    distro_of,
    family_of_distribution,
    family_of_target,
    is_package_name,
    parse_distributions,
    sources_of,
)
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("target", "distro"),
    [("opensuse-leap-15.6-x86_64", "opensuse-leap"), ("amzn-2-x86_64", "amzn"), ("x-1-y", "x")],
)
def test_the_distribution_of_a_target(target: str, distro: str) -> None:
    """An ID may have a hyphen itself."""
    assert distro_of(target) == distro


@pytest.mark.parametrize(
    ("target", "manager"),
    [("debian-trixie-amd64", "dpkg"), ("opensuse-leap-15.6-x86_64", "rpm"), ("wolfi-x86_64", "apk"), ("x-1-y", None)],
)
def test_the_family_of_a_target(target: str, manager: str | None) -> None:
    """By the distribution of its id."""
    family = family_of_target(target)
    assert (family.manager if family else None) == manager


@pytest.mark.parametrize(
    ("manager", "distro", "installer", "expected"),
    [
        ("dpkg", "debian", "", "apt-get"),
        ("rpm", "fedora", "", "dnf"),
        ("rpm", "sles", "", "zypper"),
        ("rpm", "sles", "microdnf", "microdnf"),
        ("rpm", "later", "", "dnf"),
        ("pacman", "arch", "", None),
    ],
)
def test_the_installer_of_a_distribution(manager: str, distro: str, installer: str, expected: str | None) -> None:
    """The named one, else that of the distribution, else the usual one of the package manager."""
    family = family_of_distribution(manager, distro, installer)
    assert (family.installer if family else None) == expected


@pytest.mark.parametrize(
    ("manager", "installer", "hint"), [("dpkg", "dnf", "use apt-get"), ("apk", "apt-get", "use apk")]
)
def test_an_installer_of_another_package_manager(manager: str, installer: str, hint: str) -> None:
    """It is refused, with those that are known."""
    with pytest.raises(SysdepsError) as caught:
        family_of_distribution(manager, "", installer)
    assert str(caught.value) == f"`{installer}` does not install packages of {manager}"
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("libpq5", True),
        ("libpq5:i386", True),
        ("Libfoo_x", True),
        (".build-deps", False),
        ("-x", False),
        ("a b", False),
    ],
)
def test_a_name_of_any_package_manager(text: str, expected: bool) -> None:
    """A project may have targets of several."""
    assert is_package_name(text) is expected


def test_default_directories_of_a_system() -> None:
    """Without a package manager, those of the first family; none for an unknown architecture."""
    directories = ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib", "/usr/lib")
    platform = scan_of().platform
    assert default_directories(platform) == directories
    assert default_directories(platform._replace(package_manager="")) == directories
    assert default_directories(platform._replace(package_manager="rpm", architecture="x86_64")) == (
        "/lib64",
        "/usr/lib64",
    )
    assert default_directories(platform._replace(architecture="vax")) == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("debian\tdpkg\tall\t-\trequired", LinuxDistribution(manager="dpkg", parts=None, required=True)),
        ("sles\trpm\t2\tzypper", LinuxDistribution(manager="rpm", parts=2, installer="zypper")),
        ("wolfi\tapk\t0\t-\t-\tglibc", LinuxDistribution(manager="apk", parts=0, libc="glibc")),
    ],
)
def test_a_row_of_the_table(line: str, expected: LinuxDistribution) -> None:
    """A dash stands for an empty column; comments and blank lines are skipped."""
    name = line.partition("\t")[0]
    assert parse_distributions(f"# comment\n\n{line}\n") == {name: expected}


@pytest.mark.parametrize(
    "text", ["# x\na\tdpkg", "# x\na\tdpkg\tmany", "a\tdpkg\t1\na\tdpkg\t1", "# x\na\tb\t1\tc\td\te\tf"]
)
def test_a_broken_table(text: str) -> None:
    """The error has the line."""
    with pytest.raises(MalformedError) as caught:
        parse_distributions(text)
    assert str(caught.value) == "line 2: not a new ID, a package manager and a number"


@pytest.mark.parametrize(
    ("distro", "message"),
    [
        ("alpine", "`index update` does not support apk"),
        ("later", "cannot determine the release: this system has no os-release or no package database"),
    ],
)
def test_a_system_without_sources(tmp_path: Path, distro: str, message: str) -> None:
    """Its package manager needs none, or is unknown."""
    with pytest.raises(SysdepsError) as caught:
        sources_of(Root(str(tmp_path)), distro)
    assert str(caught.value) == message
