"""What system a root is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.dpkg import Package, write_database, write_status_d
from builders.facts import elf
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.packages import Platform
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.packages.platform import read_platform, read_system
from pip_sysdeps.packages.registry import UNKNOWN, distributions
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
    """The architecture is dpkg's own, whatever the program is made for."""
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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ID=debian\nVERSION_ID=13\nVERSION_CODENAME=trixie\n", "debian-trixie"),
        ("ID=debian\nVERSION_ID=13.1\n", "debian-13.1"),
        ("ID=ubuntu\nVERSION_ID=24.04\nVERSION_CODENAME=noble\n", "ubuntu-noble"),
        ("ID=ubuntu\nVERSION_ID=24.04.1\n", "ubuntu-24.04"),
        ("ID=raspbian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n", "raspbian-bookworm"),
        ("ID=devuan\nVERSION_ID=5\nVERSION_CODENAME=daedalus\n", "devuan-daedalus"),
        ("ID=linuxmint\nVERSION_ID=22\nVERSION_CODENAME=wilma\n", "linuxmint-wilma"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID=22\nUBUNTU_CODENAME=noble\n', "ubuntu-noble"),
        ("ID=linuxmint\nID_LIKE=debian\nVERSION_ID=6\nDEBIAN_CODENAME=bookworm\n", "debian-bookworm"),
        ("ID=kali\nVERSION_ID=2026.3\n", "kali"),
        ("ID=fedora\nVERSION_ID=43\nVERSION_CODENAME=\n", "fedora-43"),
        ("ID=rhel\nVERSION_ID=9.6\n", "rhel-9"),
        ("ID=centos\nVERSION_ID=9\n", "centos-9"),
        ("ID=rocky\nVERSION_ID=9.6\n", "rocky-9"),
        ("ID=almalinux\nVERSION_ID=10.1\n", "almalinux-10"),
        ("ID=ol\nVERSION_ID=9.6\n", "ol-9"),
        ("ID=amzn\nVERSION_ID=2023\n", "amzn-2023"),
        ("ID=azurelinux\nVERSION_ID=3.0\n", "azurelinux-3.0"),
        ("ID=mariner\nVERSION_ID=2.0\n", "mariner-2.0"),
        ("ID=opensuse-leap\nVERSION_ID=15.6\n", "opensuse-leap-15.6"),
        ("ID=opensuse-tumbleweed\nVERSION_ID=20261101\n", "opensuse-tumbleweed"),
        ("ID=sles\nVERSION_ID=15.6\n", "sles-15.6"),
        ("ID=alpine\nVERSION_ID=3.22.1\n", "alpine-3.22"),
        ("ID=wolfi\nVERSION_ID=20230201\n", "wolfi"),
        ("ID=chainguard\nVERSION_ID=20230214\n", "chainguard"),
        ("ID=arch\nVERSION_ID=20261101.0.1\n", "arch"),
        ("ID=not-listed\nVERSION_ID=1.2.3\n", "not-listed-1.2.3"),
    ],
)
def test_the_id_of_a_release(tmp_path: Path, text: str, name: str) -> None:
    """A codename, else the listed number of parts of VERSION_ID; a parent's codename before both."""
    write_os_release(tmp_path, text)
    assert read_platform(Root(str(tmp_path)), None, None).id == name


def test_every_listed_distribution_has_a_row() -> None:
    """A row of `data/distributions.txt` is tested above."""
    rows = next(mark for mark in test_the_id_of_a_release.pytestmark if mark.name == "parametrize").args[1]  # type: ignore[attr-defined]
    assert distributions().keys() <= {text.partition("\n")[0].removeprefix("ID=") for text, _ in rows}


def test_distroless(tmp_path: Path) -> None:
    """Its status.d is a second form of the same database: a line is for the target that a lock is made for."""
    write_os_release(tmp_path, BOOKWORM)
    write_status_d(tmp_path, Package(name="libc6", architecture="arm64"), Package(name="tzdata", architecture="all"))
    assert (platform(tmp_path).id, read_system(Root(str(tmp_path))).id) == ("debian-bookworm-arm64",) * 2


@pytest.mark.parametrize("place", [*UNKNOWN])
def test_a_package_manager_that_is_not_known(tmp_path: Path, place: str) -> None:
    """The error names the path that shows it."""
    write_os_release(tmp_path, "ID=other\nVERSION_ID=1\n")
    (tmp_path / place.lstrip("/")).mkdir(parents=True)
    root = Root(str(tmp_path))
    for read in (open_packages, read_system):
        with pytest.raises(SysdepsError, match=f"`{root.display_path(place)}` is the database of {UNKNOWN[place]}$"):
            read(root)


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
    """No dpkg: the architecture is that of the program, in Debian's words anyway."""
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
    """Unknown facts are empty."""
    assert read_platform(Root(str(tmp_path)), None, None) == Platform(
        distro="", codename="", release="", release_name="", architecture="", machine="", package_manager="", libc=""
    )


def test_an_os_release_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is too large is an error."""
    write_os_release(tmp_path, "ID=debian\n" * 200_000)
    with pytest.raises(SysdepsError) as caught:
        platform(tmp_path)
    assert str(caught.value) == "cannot read `/etc/os-release`: Larger than 1048576 bytes"
