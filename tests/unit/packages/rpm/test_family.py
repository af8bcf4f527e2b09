"""rpm as a family: what the registry finds in a root, and which program installs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.dpkg import write_database
from builders.facts import elf, platform
from builders.root import write
from builders.rpm_files import Rpm, ndb
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.packages.family import Item
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.packages.platform import read_platform, read_system
from pip_sysdeps.packages.registry import family_of, family_of_distribution
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

GLIBC = Rpm(name="glibc", files=("/lib64/libc.so.6",))
FEDORA = 'ID=fedora\nVERSION_ID=42\nVERSION_CODENAME=""\n'


def write_packages(root: Path, *packages: Rpm) -> None:
    """Write an rpm database of the packages."""
    write(root / "usr/lib/sysimage/rpm/Packages.db", ndb([each.header() for each in packages]))


def test_a_fedora_release(tmp_path: Path) -> None:
    """The platform is read by the database alone, or with a program that shows the C library."""
    write(tmp_path / "etc/os-release", FEDORA)
    write_packages(tmp_path, GLIBC, Rpm(name="a", architecture="noarch"))
    root = Root(str(tmp_path))
    expected = platform("fedora", "42", "x86_64", "rpm", "glibc")
    assert read_platform(root, open_packages(root), elf("libc.so.6")) == expected
    assert (read_system(root).id, expected.id) == ("fedora-42-x86_64", "fedora-42-x86_64")


def test_a_database_without_packages_gives_way(tmp_path: Path) -> None:
    """An empty dpkg database on a system with rpm is ignored."""
    write_database(tmp_path)
    write_packages(tmp_path, GLIBC)
    packages = open_packages(Root(str(tmp_path)))
    assert packages is not None
    assert packages.family.manager == "rpm"


@pytest.mark.parametrize(
    ("programs", "installer"),
    [
        (("yum", "microdnf"), "microdnf"),
        (("dnf", "microdnf", "yum"), "dnf"),
        (("zypper",), "zypper"),
        ((), "dnf"),
    ],
)
def test_the_program_that_a_root_has_installs_there(tmp_path: Path, programs: tuple[str, ...], installer: str) -> None:
    """The best installed program counts; dnf if there is none."""
    write_packages(tmp_path, GLIBC)
    for name in programs:
        write(tmp_path / "usr/bin" / name)
    packages = open_packages(Root(str(tmp_path)))
    assert packages is not None
    assert packages.family.installer == installer


@pytest.mark.parametrize(
    ("distro", "chosen", "line"),
    [
        ("fedora", "", "a-1-1\n"),
        ("opensuse-leap", "", "a=1-1\n"),
        ("opensuse-leap", "dnf", "a-1-1\n"),
        ("not-known", "zypper", "a=1-1\n"),
    ],
)
def test_the_usual_program_of_a_release(distro: str, chosen: str, line: str) -> None:
    """A program that the user names comes first."""
    family = family_of_distribution("rpm", distro, chosen)
    assert family is not None
    assert family.formats["names"]((Item(name="a", version="1-1"),)) == line


def test_a_program_that_installs_nothing_there_is_an_error() -> None:
    """The error names those that do."""
    with pytest.raises(SysdepsError, match=r"^`apt-get` does not install packages of rpm$") as caught:
        family_of_distribution("rpm", "fedora", "apt-get")
    assert caught.value.hint == "use dnf or microdnf or yum or zypper"


def test_names_and_versions_for_package_urls() -> None:
    """An architecture is behind the name, an epoch before the version."""
    family = family_of("rpm")
    assert family is not None
    assert (family.split_name("glibc.i686"), family.split_epoch("1:2-3")) == (("glibc", "i686"), ("1", "2-3"))
