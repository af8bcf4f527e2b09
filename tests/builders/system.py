"""What every small Debian 12 of the tests is: os-release, merged /usr, dpkg's database, glibc, Python, a venv.

Nothing in it is the real Debian, but everything is where Debian has it, and as little as the tool reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.dpkg import merge_usr, write_database
from builders.elf import Elf
from builders.root import write
from builders.venv import make_interpreter, make_venv

if TYPE_CHECKING:
    from pathlib import Path

    from builders.dpkg import Package

VENV = "/opt/venv"
LIB = "usr/lib/x86_64-linux-gnu"
"""Relative to a root: a path that is put behind one must never be absolute."""
LOADER = "/lib64/ld-linux-x86-64.so.2"
PROGRAM = Elf(interpreter=LOADER, needed=("libc.so.6",))
"""The interpreter, as its headers are."""


def make_system(root: Path, *packages: Package, libc: Elf, program: Elf = PROGRAM) -> Path:
    """Make the system with these packages in a folder, which may be missing; give its environment's site-packages."""
    merge_usr(root)
    write(root / "etc/os-release", 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n')
    write_database(root, *packages)
    write_library(root, LOADER, Elf(soname="ld-linux-x86-64.so.2"))
    write_library(root, f"/{LIB}/libc.so.6", libc)
    make_interpreter(root, "/usr")
    write_library(root, "/usr/bin/python3.11", program).chmod(0o755)
    return make_venv(root, VENV, home="/usr/bin")


def write_library(root: Path, path: str, elf: Elf) -> Path:
    """Write an object at an absolute path below the root."""
    return write(root / path.lstrip("/"), elf.build())


def place(root: Path) -> tuple[str, ...]:
    """Return the options that name the environment of a root."""
    return ("--root", str(root), "--python", VENV)
