"""The loader's configuration, read from a root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.debian import debian_root
from builders.elf import Elf
from builders.facts import elf
from builders.ld_so import release
from builders.loader import DIRECTORIES
from builders.root import write
from builders.world import written
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.glibc.config import LoaderConfig
from pip_sysdeps.loader.glibc.read_config import glibc_version, read_loader_config
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = elf(interpreter="/lib64/ld-linux-x86-64.so.2")


def libc(version: str) -> bytes:
    """Return a libc.so.6 of a glibc release."""
    return Elf(soname="libc.so.6", version_definitions=("GLIBC_2.2.5", f"GLIBC_{version}", "GLIBC_PRIVATE")).build()


def test_a_fresh_cache(tmp_path: Path) -> None:
    """Everything comes from the program's machine and the root; the cache is as after a run of ldconfig."""
    write(tmp_path / "usr/lib/libx.so.1", written({"soname": "libx.so.1"}))
    config = read_loader_config(Root(str(tmp_path)), PROGRAM, directories=DIRECTORIES, library_path=("/ld",))
    assert config._replace(cache=str) == LoaderConfig(
        elf_class=64,
        little_endian=True,
        machine=62,
        lib="lib/x86_64-linux-gnu",
        library_path=("/ld",),
        cache=str,
        default_directories=(
            "/lib/x86_64-linux-gnu",
            "/usr/lib/x86_64-linux-gnu",
            "/lib",
            "/usr/lib",
        ),
    )
    assert (config.cache("libx.so.1"), config.cache("liby.so.1")) == ("/usr/lib/libx.so.1", None)


def test_the_directories_that_a_loader_states(tmp_path: Path) -> None:
    """What the root's own loader states counts, and `$LIB` follows from it."""
    write(tmp_path / "lib64/ld-linux-x86-64.so.2", b"x\0/lib64/\0/usr/lib64/\0")
    config = read_loader_config(Root(str(tmp_path)), PROGRAM, directories=DIRECTORIES)
    assert (config.default_directories, config.lib) == (("/lib64", "/usr/lib64"), "lib64")


def test_no_cache_as_it_is(tmp_path: Path) -> None:
    """Where there is no cache, nothing is in it."""
    write(tmp_path / "usr/lib/libx.so.1", written({"soname": "libx.so.1"}))
    assert (
        read_loader_config(Root(str(tmp_path)), PROGRAM, directories=DIRECTORIES, cache="as-is").cache("libx.so.1")
        is None
    )


@pytest.mark.parametrize(
    ("version", "usable"),
    [("2.32", ("tls",)), ("2.36", ("glibc-hwcaps/a", "tls")), ("2.41", ("glibc-hwcaps/a",))],
)
def test_folders_for_cpus(version: str, usable: tuple[str, ...], tmp_path: Path) -> None:
    """Folders in glibc-hwcaps count since glibc 2.33, others up to 2.36."""
    write(tmp_path / "usr/lib/x86_64-linux-gnu/libc.so.6", libc(version))
    config = read_loader_config(
        Root(str(tmp_path)), PROGRAM, directories=DIRECTORIES, subfolders=("glibc-hwcaps/a", "tls")
    )
    assert config.subfolders == usable


def test_no_glibc(tmp_path: Path) -> None:
    """Without a libc.so.6, or with one that defines no versions, there is no version."""
    root = Root(str(tmp_path))
    assert glibc_version(Objects(root), DIRECTORIES) is None
    write(tmp_path / "lib/libc.so.6", written({"soname": "libc.so.6"}))
    assert glibc_version(Objects(Root(str(tmp_path))), DIRECTORIES) is None


@pytest.mark.toolchain
def test_this_machines_glibc() -> None:
    """The version is that of the libc.so.6 that is there."""
    assert glibc_version(Objects(Root("/")), DIRECTORIES) == release().version


@pytest.mark.debian
@pytest.mark.parametrize(("suite", "version"), [("bookworm", (2, 36)), ("trixie", (2, 41))])
def test_debians_glibc(suite: str, version: tuple[int, int]) -> None:
    """Debian 12 and 13 have the releases that are known."""
    assert glibc_version(Objects(Root(str(debian_root(suite)))), DIRECTORIES) == version
