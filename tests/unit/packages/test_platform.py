"""What system a root is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.dpkg import Package, write_database
from builders.facts import elf
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.packages import Platform
from pip_sysdeps.packages.debian.architectures import architecture_of
from pip_sysdeps.packages.platform import read_platform
from pip_sysdeps.packages.registry import open_packages
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

BOOKWORM = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'


def platform(root: Path, **changes: object) -> Platform:
    """Read the platform of a root as seen by a glibc program."""
    inside = Root(str(root))
    program = elf("libc.so.6", **changes)
    return read_platform(inside, open_packages(inside), program)


def write_os_release(root: Path, text: str, path: str = "etc/os-release") -> None:
    """Write an os-release."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_a_debian_release(tmp_path: Path) -> None:
    """All of it, the architecture in dpkg's words: its own, whatever the program is made for."""
    write_os_release(tmp_path, BOOKWORM)
    write_database(tmp_path, Package(name="dpkg", architecture="arm64"), Package(name="a", architecture="all"))
    assert platform(tmp_path) == Platform(
        distro="debian",
        codename="bookworm",
        release="12",
        release_name="bookworm",
        architecture="arm64",
        machine="aarch64",
        package_manager="dpkg",
        libc="glibc",
    )


def test_debian_testing_has_no_release(tmp_path: Path) -> None:
    """Its os-release has a codename and no VERSION_ID."""
    write_os_release(tmp_path, "ID=debian\nVERSION_CODENAME=forky\n", "usr/lib/os-release")
    assert platform(tmp_path) == Platform(
        distro="debian",
        codename="forky",
        release="",
        release_name="forky",
        architecture="amd64",
        machine="amd64",
        package_manager="",
        libc="glibc",
    )


def test_another_system(tmp_path: Path) -> None:
    """No dpkg: the architecture is that of the program, in Debian's words all the same."""
    write_os_release(tmp_path, "ID=alpine\nVERSION_ID=3.20.3\n")
    inside = Root(str(tmp_path))
    assert read_platform(inside, None, elf("libc.musl-x86_64.so.1")) == Platform(
        distro="alpine",
        codename="",
        release="3.20.3",
        release_name="3.20",
        architecture="amd64",
        machine="amd64",
        package_manager="",
        libc="musl",
    )


def test_an_image_from_scratch(tmp_path: Path) -> None:
    """What nothing tells is empty."""
    assert read_platform(Root(str(tmp_path)), None, None) == Platform(
        distro="", codename="", release="", release_name="", architecture="", machine="", package_manager="", libc=""
    )


def test_an_os_release_that_cannot_be_read(tmp_path: Path) -> None:
    """Too large to be one: there is no going on by guesses."""
    write_os_release(tmp_path, "ID=debian\n" * 200_000)
    with pytest.raises(SysdepsError) as caught:
        platform(tmp_path)
    assert str(caught.value) == "cannot read `/etc/os-release`: Larger than 1048576 bytes"


@pytest.mark.parametrize(
    ("machine", "elf_class", "little_endian", "header_flags", "name"),
    [
        (62, 64, True, 0, "amd64"),
        (62, 32, True, 0, "x32"),
        (3, 32, True, 0, "i386"),
        (183, 64, True, 0, "arm64"),
        (40, 32, True, 0x5000400, "armhf"),
        (40, 32, True, 0x5000200, "armel"),
        (21, 64, True, 2, "ppc64el"),
        (22, 64, False, 0, "s390x"),
        (243, 64, True, 5, "riscv64"),
        (40, 32, False, 0, ""),
        (9999, 64, True, 0, ""),
    ],
)
def test_debians_names_of_architectures(
    *, machine: int, elf_class: int, little_endian: bool, header_flags: int, name: str
) -> None:
    """By the ELF header alone."""
    facts = elf(machine=machine, elf_class=elf_class, little_endian=little_endian, header_flags=header_flags)
    assert architecture_of(facts) == name
