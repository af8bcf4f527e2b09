"""The owner of a file, with links and merged /usr."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.packages import PlainDatabase
from builders.root import link, write
from pip_sysdeps.model.packages import Owner
from pip_sysdeps.packages.ownership import owner
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """Return a root with merged /usr, as on Fedora 42, and links among libraries and programs."""
    for folder in ("usr/bin", "usr/lib", "opt/lib"):
        (tmp_path / folder).mkdir(parents=True)
    for name, target in (("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib"), ("usr/sbin", "bin")):
        link(tmp_path / name, target)
    write(tmp_path / "usr/lib/liba.so.1.0")
    link(tmp_path / "usr/lib/liba.so.1", "liba.so.1.0")
    link(tmp_path / "usr/lib/liba.so", "liba.so.1")
    write(tmp_path / "usr/bin/cpp-12")
    link(tmp_path / "usr/bin/cpp", "cpp-12")
    write(tmp_path / "opt/lib/libb.so")
    link(tmp_path / "usr/lib/libb.so.1", "/opt/lib/libb.so")
    link(tmp_path / "usr/lib/loop.so", "loop.so")
    return Root(str(tmp_path))


@pytest.mark.parametrize(
    ("path", "listed", "found"),
    [
        ("/usr/lib/liba.so", {"dev": "/usr/lib/liba.so", "liba1": "/usr/lib/liba.so.1.0"}, "liba1"),
        ("/usr/lib/liba.so", {"dev": "/usr/lib/liba.so", "middle": "/usr/lib/liba.so.1"}, "middle"),
        ("/usr/lib/liba.so", {"dev": "/usr/lib/liba.so"}, "dev"),
        ("/lib/liba.so.1", {"liba1": "/usr/lib/liba.so.1.0"}, "liba1"),
        ("/usr/lib/liba.so.1", {"liba1": "/lib/liba.so.1.0"}, "liba1"),
        ("/usr/lib/libb.so.1", {"libb1": "/usr/lib/libb.so.1"}, "libb1"),
        ("/usr/lib/libb.so.1", {"libb1": "/opt/lib/libb.so"}, "libb1"),
        ("/opt/lib/libb.so", {"libb1": "/usr/opt/lib/libb.so"}, ""),
        ("/usr/bin/cpp-12", {"cpp": "/sbin/cpp-12"}, "cpp"),
        ("/usr/bin/cpp-12", {"cpp": "/usr/sbin/cpp-12"}, "cpp"),
        ("/usr/lib/loop.so", {"loop": "/usr/lib/loop.so"}, "loop"),
        ("/usr/lib/gone.so", {"liba1": "/usr/lib/liba.so.1.0"}, ""),
        ("relative.so", {"liba1": "/usr/relative.so"}, ""),
    ],
)
def test_the_owner_of_a_file(root: Root, path: str, listed: dict[str, str], found: str) -> None:
    """By its real path, then by each link on the way; each in both spellings of merged folders."""
    database = PlainDatabase(listed={name: (each,) for name, each in listed.items()})
    assert owner(root, database, path) == (Owner(package=found, version="1") if found else None)


def test_a_program_is_owned_under_its_own_name(root: Root) -> None:
    """The link may be of another package than the file."""
    database = PlainDatabase(listed={"cpp-12": ("/usr/bin/cpp-12",), "cpp": ("/usr/bin/cpp",)})
    assert owner(root, database, "/bin/cpp", prefer_path=True) == Owner(package="cpp", version="1")
    assert owner(root, database, "/bin/cpp") == Owner(package="cpp-12", version="1")


def test_folders_that_are_not_merged_have_two_files(tmp_path: Path) -> None:
    """The other spelling is another file."""
    write(tmp_path / "lib/liba.so.1")
    write(tmp_path / "usr/lib/liba.so.1")
    database = PlainDatabase(listed={"liba1": ("/usr/lib/liba.so.1",)})
    assert owner(Root(str(tmp_path)), database, "/lib/liba.so.1") is None
