"""A small Fedora in a folder: os-release, rpm's database, glibc in /lib64, Python, and a venv with psycopg2.

As `small_debian`, with what is different there; 32-bit libraries stand beside 64-bit ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.dpkg import merge_usr
from builders.elf import Elf
from builders.root import link, write
from builders.rpm_files import Rpm, ndb
from builders.small_debian import install_module
from builders.system import PROGRAM, VENV, write_library
from builders.venv import make_interpreter, make_venv

if TYPE_CHECKING:
    from pathlib import Path

LOADER = "/usr/lib64/ld-linux-x86-64.so.2"
DIRECTORIES = b"\0/lib64/\0/usr/lib64/\0\0"
"""The default directories as they stand in the loader."""

PACKAGES = (
    Rpm(
        name="glibc",
        version="2.41",
        release="5.fc42",
        files=("/lib64/libc.so.6", LOADER),
        provides=("glibc", "libc.so.6()(64bit)"),
    ),
    Rpm(
        name="bash",
        version="5.2.37",
        release="1.fc42",
        files=("/usr/bin/bash",),
        provides=("/bin/sh",),
        requires=("libc.so.6()(64bit)",),
    ),
    Rpm(
        name="libpq",
        version="16.8",
        release="1.fc42",
        epoch=1,
        files=("/usr/lib64/libpq.so.5", "/usr/lib64/libpq.so.5.16"),
        provides=("libpq.so.5()(64bit)",),
        requires=("libc.so.6()(64bit)",),
        source="libpq-16.8-1.fc42.src.rpm",
    ),
    Rpm(name="libpq", version="16.8", release="1.fc42", architecture="i686", files=("/usr/lib/libpq.so.5",)),
    Rpm(name="python3", version="3.11.2", release="6.fc42", files=("/usr/bin/python3.11",)),
)


def small_fedora(root: Path, *, release: str = 'ID=fedora\nVERSION_ID=42\nVERSION_CODENAME=""\n') -> Path:
    """Make it in a folder that may be missing; return the folder."""
    merge_usr(root)
    write(root / "etc/os-release", release)
    write_packages(root, *PACKAGES)
    loader = write_library(root, LOADER, Elf(soname="ld-linux-x86-64.so.2"))
    loader.write_bytes(loader.read_bytes() + DIRECTORIES)
    write_library(root, "/usr/lib64/libc.so.6", Elf(soname="libc.so.6", needed=("ld-linux-x86-64.so.2",)))
    write_library(root, "/usr/lib64/libpq.so.5.16", Elf(soname="libpq.so.5", needed=("libc.so.6",)))
    link(root / "usr/lib64/libpq.so.5", "libpq.so.5.16")
    write_library(root, "/usr/lib/libpq.so.5", Elf(soname="libpq.so.5", elf_class=32))
    make_interpreter(root, "/usr")
    write_library(root, "/usr/bin/python3.11", PROGRAM).chmod(0o755)
    make_venv(root, VENV, home="/usr/bin")
    install_module(root)
    return root


def write_packages(root: Path, *packages: Rpm) -> None:
    """Write rpm's database."""
    write(root / "usr/lib/sysimage/rpm/Packages.db", ndb([each.header() for each in packages]))


def remove_libpq(root: Path) -> None:
    """Remove libpq, as in a release stage without it."""
    for name in ("lib64/libpq.so.5", "lib64/libpq.so.5.16", "lib/libpq.so.5"):
        (root / "usr" / name).unlink()
    write_packages(root, *(each for each in PACKAGES if each.name != "libpq"))
