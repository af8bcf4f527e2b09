"""A small Alpine in a folder: os-release, apk's database, musl, Python, and a venv with psycopg2.

As `small_debian`, with what is different there; `small_wolfi` has apk's database and glibc.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.apk import ALPINE, WOLFI, ApkEntry, apk_database
from builders.elf import Elf
from builders.root import link, write
from builders.small_debian import install_module
from builders.small_fedora import DIRECTORIES
from builders.system import PROGRAM, VENV, write_library
from builders.venv import make_interpreter, make_venv

if TYPE_CHECKING:
    from pathlib import Path

MUSL = "/lib/ld-musl-x86_64.so.1"
GLIBC = "/usr/lib/ld-linux-x86-64.so.2"
LIBC = "libc.musl-x86_64.so.1"
RELEASE = "ID=alpine\nVERSION_ID=3.22.1\n"

_LIBPQ = ApkEntry(
    name="libpq",
    version="17.5-r0",
    origin="postgresql17",
    depends=(f"so:{LIBC}",),
    provides=("so:libpq.so.5=5.17",),
    files=("/usr/lib/libpq.so.5", "/usr/lib/libpq.so.5.17"),
)
_PYTHON = ApkEntry(name="python3", version="3.11.14-r0", depends=("so:libffi.so.8",), files=("/usr/bin/python3.11",))
_LIBFFI = ApkEntry(
    name="libffi", version="3.4.8-r0", provides=("so:libffi.so.8=8.1.4",), files=("/usr/lib/libffi.so.8",)
)
_BUSYBOX = ApkEntry(name="busybox", version="1.37.0-r18", provides=("/bin/sh", "cmd:sh=1.37.0-r18"))
PACKAGES = (
    ApkEntry(name="alpine-baselayout", version="3.7.0-r0", depends=("/bin/sh",)),
    _BUSYBOX,
    ApkEntry(name="musl", version="1.2.5-r10", provides=(f"so:{LIBC}=1",), files=(MUSL, f"/lib/{LIBC}")),
    _LIBFFI,
    _LIBPQ,
    _PYTHON,
    ApkEntry(name=".python-rundeps", version="1", architecture="noarch", depends=("so:libffi.so.8",)),
    ApkEntry(name=".build-deps", version="1", architecture="noarch", depends=("libpq",)),
)


def small_alpine(root: Path) -> Path:
    """Make it in a folder that may be missing; return the folder."""
    write(root / "etc/os-release", RELEASE)
    write_packages(root)
    write_library(root, MUSL, Elf(soname="libc.so", defined=("__libc_start_main", "stdin")))
    link(root / "lib" / LIBC, "ld-musl-x86_64.so.1")
    _fill(root, Elf(needed=(LIBC,), interpreter=MUSL), (LIBC,))
    return root


def small_wolfi(root: Path) -> Path:
    """Make a small Wolfi: a merged /usr, apk's database in /usr/lib, and glibc."""
    write(root / "etc/os-release", "ID=wolfi\nVERSION_ID=20230201\n")
    (root / "usr/lib").mkdir(parents=True)
    for name in ("lib", "lib64", "usr/lib64"):
        link(root / name, "lib" if name.startswith("usr/") else "usr/lib")
    glibc = ApkEntry(name="glibc", version="2.42-r0", files=("/usr/lib/libc.so.6", GLIBC))
    layout = ApkEntry(name="wolfi-baselayout", version="20230201-r24")
    write(root / WOLFI, apk_database(layout, glibc, _LIBFFI, _LIBPQ, _PYTHON))
    loader = write_library(root, GLIBC, Elf(soname="ld-linux-x86-64.so.2"))
    loader.write_bytes(loader.read_bytes() + DIRECTORIES)
    write_library(root, "/usr/lib/libc.so.6", Elf(soname="libc.so.6", needed=("ld-linux-x86-64.so.2",)))
    _fill(root, PROGRAM, ("libc.so.6",))
    return root


def write_packages(root: Path, *without: str) -> None:
    """Write apk's database, without some of the packages."""
    write(root / ALPINE, apk_database(*(each for each in PACKAGES if each.name not in without)))


def remove_libpq(root: Path) -> None:
    """Remove libpq, as in a release stage without it."""
    for name in ("libpq.so.5", "libpq.so.5.17"):
        (root / "usr/lib" / name).unlink()
    write_packages(root, "libpq", ".build-deps")


def _fill(root: Path, program: Elf, needed: tuple[str, ...]) -> None:
    write_library(root, "/usr/lib/libffi.so.8", Elf(soname="libffi.so.8", needed=needed))
    write_library(root, "/usr/lib/libpq.so.5.17", Elf(soname="libpq.so.5", needed=needed))
    link(root / "usr/lib/libpq.so.5", "libpq.so.5.17")
    make_interpreter(root, "/usr")
    write_library(root, "/usr/bin/python3.11", program).chmod(0o755)
    make_venv(root, VENV, home="/usr/bin")
    install_module(root, "psycopg2", "libpq.so.5", "libffi.so.8", *needed)
