"""apk as a family: what the registry finds in a root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.apk import ALPINE, WOLFI, ApkEntry, write_apk_database
from builders.facts import elf, platform
from builders.root import write
from builders.small_alpine import PACKAGES
from pip_sysdeps.packages.apk.family import FAMILY
from pip_sysdeps.packages.apk.read_database import read_architecture
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.packages.platform import read_platform, read_system
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path


def test_an_alpine_release(tmp_path: Path) -> None:
    """The platform is read by the database alone, or with a program that shows the C library."""
    write(tmp_path / "etc/os-release", "ID=alpine\nVERSION_ID=3.22.1\n")
    write_apk_database(tmp_path, *PACKAGES)
    root = Root(str(tmp_path))
    expected = platform("alpine", "3.22.1", "x86_64", "apk", "musl", release_name="3.22")
    program = elf("libc.musl-x86_64.so.1", interpreter="/lib/ld-musl-x86_64.so.1")
    assert read_platform(root, open_packages(root), program) == expected
    assert (read_system(root).id, expected.id) == ("alpine-3.22-x86_64", "alpine-3.22-x86_64")


@pytest.mark.parametrize(
    ("release", "base"),
    [
        ("ID=alpine\n", {"alpine-baselayout", "busybox", ".python-rundeps", "libffi"}),
        ("ID=other\n", set()),
        ("", set()),
    ],
)
def test_packages_of_every_image(tmp_path: Path, release: str, base: set[str]) -> None:
    """They depend on the distribution, and include those of Python's image and all dependencies."""
    write(tmp_path / "etc/os-release", release)
    write_apk_database(tmp_path, *PACKAGES)
    packages = open_packages(Root(str(tmp_path)))
    assert packages is not None
    assert packages.base == base


@pytest.mark.parametrize("place", [ALPINE, WOLFI])
@pytest.mark.parametrize(("own", "architecture"), [("aarch64\n", "aarch64"), ("", "x86_64")])
def test_the_architecture(tmp_path: Path, place: str, own: str, architecture: str) -> None:
    """/etc/apk/arch decides, otherwise the architecture of most packages."""
    if own:
        write(tmp_path / "etc/apk/arch", own)
    any_machine = ApkEntry(name="c", architecture="noarch"), ApkEntry(name="d", architecture="noarch")
    write_apk_database(tmp_path, ApkEntry(name="a"), *any_machine, place=place)
    root = Root(str(tmp_path))
    packages = open_packages(root)
    assert packages is not None
    assert (read_architecture(root), packages.architecture) == (architecture, architecture)


def test_no_database(tmp_path: Path) -> None:
    """A root without one has none."""
    assert (FAMILY.read_architecture(Root(str(tmp_path))), FAMILY.open(Root(str(tmp_path)))) == ("", None)


@pytest.mark.parametrize(
    ("soname", "capability"),
    [("libpq.so.5", "so:libpq.so.5"), ("libX11-xcb.so.1", "so:libX11-xcb.so.1"), ("plugin.dll", ""), ("a b.so", "")],
)
def test_what_installs_a_library(soname: str, capability: str) -> None:
    """Its soname, unless that could not reach a command line."""
    assert FAMILY.library_capability(soname, elf()) == capability
