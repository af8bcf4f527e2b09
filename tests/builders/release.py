"""A small Debian 12 release root: an interpreter, a C library, dpkg's database, and psycopg2 in a virtual environment.

Nothing in it is the real Debian, but everything is where Debian has it; a test removes or replaces what it is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.dpkg import Package
from builders.elf import Elf
from builders.root import write
from builders.system import LIB, LOADER, VENV, make_system, write_library
from builders.venv import install

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

EXTENSION = "psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so"

LIBC = Elf(soname="libc.so.6", version_definitions=("GLIBC_2.2.5", "GLIBC_2.34"))
LIBPQ = Elf(soname="libpq.so.5", needed=("libc.so.6",), defined=("PQexec", "PQping"))
PSYCOPG = Elf(
    needed=("libpq.so.5", "libc.so.6"),
    version_needs=(("libc.so.6", ("GLIBC_2.2.5",)),),
    defined=("PyInit__psycopg",),
    undefined=("PQexec", "PQping", "strlen@GLIBC_2.2.5"),
)

LIBC6 = Package(name="libc6", version="2.36-9", files=(f"/{LIB}/libc.so.6", f"/{LIB}/ld-linux-x86-64.so.2", LOADER))
LIBPQ5 = Package(name="libpq5", version="15.14-0", files=(f"/{LIB}/libpq.so.5",))
PYTHON = Package(name="python3.11-minimal", version="3.11.2-6", files=("/usr/bin/python3.11",))
SYMBOLS = {"libpq5": "libpq.so.5 libpq5 #MINVER#\n PQexec@Base 9~\n PQping@Base 10~~\n PQpipeline@Base 14~~\n"}


def make_release(
    root: Path, *, packages: Sequence[Package] = (), symbols: Mapping[str, str] = SYMBOLS, psycopg: Elf = PSYCOPG
) -> Path:
    """Make the root, with these packages besides those that its own files are from; give its virtual environment."""
    site = make_system(root, Package(name="dpkg"), LIBC6, LIBPQ5, PYTHON, *packages, libc=LIBC)
    write_library(root, f"/{LIB}/libpq.so.5", LIBPQ)
    for package, text in symbols.items():
        write(root / f"var/lib/dpkg/info/{package}.symbols", text)
    tags = ["cp311-cp311-linux_x86_64"]
    install(site, "psycopg2", "2.9.13", files={EXTENSION: psycopg.build()}, tags=tags)
    return root / VENV[1:]
