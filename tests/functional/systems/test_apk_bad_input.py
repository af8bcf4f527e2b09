"""Bad input on a system with apk: one error, nothing lost; two loaders, and no path file of musl."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from builders.apk import ApkEntry, apk_database, apk_index
from builders.elf import Elf
from builders.root import write
from builders.small_alpine import MUSL, remove_libpq, small_wolfi
from builders.system import LOADER, place
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from pathlib import Path

    from builders.command import Run

DATABASE = "lib/apk/db/installed"
INDEX = "var/cache/apk/APKINDEX.0a1b2c3d.tar.gz"


def refused(root: Path, run: Run) -> str:
    """Lock with bad input: one error, one hint, status 2, and the old lock as it was. Return the error."""
    lock = root.parent / "sysdeps.lock"
    old = lock.read_bytes()
    found = run("lock", *place(root))
    lines = found.err.splitlines()
    assert (found.status, found.out, lock.read_bytes() == old) == (2, "", True)
    assert [line.partition(":")[0] for line in lines] == ["error", "hint"]
    return lines[0]


@pytest.mark.parametrize("kept", [1, 60, 200, 1000, -1], ids=str)
def test_a_database_that_is_cut(alpine: Path, run: Run, kept: int) -> None:
    """A database that is cut anywhere is an error."""
    run("lock", *place(alpine))
    path = alpine / DATABASE
    path.write_bytes(path.read_bytes()[:kept])
    assert f"/{DATABASE}: line " in refused(alpine, run)


def test_a_database_of_huge_size(alpine: Path, run: Run) -> None:
    """It is not read at all."""
    run("lock", *place(alpine))
    os.truncate(alpine / DATABASE, 1 << 40)
    assert refused(alpine, run).startswith(f"error: cannot read apk's database `/{DATABASE}`: Mostly holes")


HOSTILE = {
    "a shell's word": "$(reboot)",
    "an option": "--allow-untrusted",
    "a path": "../../etc/passwd",
    "a colour": "\x1b[31mred",
    "too long": "a" * 300,
    "nothing": "",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_package_with_a_hostile_name(alpine: Path, run: Run, name: str) -> None:
    """The error shows the name escaped."""
    run("lock", *place(alpine))
    path = alpine / DATABASE
    path.write_bytes(path.read_bytes() + apk_database(ApkEntry(name=name)))
    error = refused(alpine, run)
    assert f"/{DATABASE}: line " in error
    assert error.isprintable()


@pytest.mark.parametrize("name", ["$(reboot)", ".build-deps", "a" * 300], ids=["shell", "virtual", "long"])
def test_an_index_with_a_hostile_name(alpine: Path, run: Run, name: str) -> None:
    """No such name reaches a lock; nor does a virtual package, which no repository has."""
    remove_libpq(alpine)
    run("lock", *place(alpine))
    write(alpine / INDEX, apk_index(ApkEntry(name=name, provides=("so:libpq.so.5=5",))))
    error = refused(alpine, run)
    assert error.startswith(f"error: /{INDEX}: ")
    assert "invalid package name: " in error


def test_a_hostile_soname_is_no_capability(alpine: Path, run: Run) -> None:
    """It stays unresolved, with a note."""
    (path,) = alpine.rglob("_psycopg.*.so")
    path.write_bytes(Elf(needed=("lib$(reboot).so.1", "libc.musl-x86_64.so.1"), defined=("PyInit__psycopg",)).build())
    assert run("lock", *place(alpine)).status == 0
    (target,) = loads((alpine.parent / "sysdeps.lock").read_text()).target
    assert (target.installs, [(each.soname, each.note) for each in target.unresolved]) == (
        (),
        [("lib$(reboot).so.1", "no package list is available that names its package")],
    )


def test_a_root_with_both_loaders(alpine: Path, run: Run) -> None:
    """The loader that Python names counts; a cache of the other one is not read."""
    run("lock", *place(alpine))
    before = (alpine.parent / "sysdeps.lock").read_bytes()
    write(alpine / LOADER[1:], Elf(soname="ld-linux-x86-64.so.2").build())
    write(alpine / "usr/lib/libc.so.6", Elf(soname="libc.so.6").build())
    write(alpine / "etc/ld.so.cache", b"garbage")
    assert run("lock", *place(alpine)).status == 0
    assert (alpine.parent / "sysdeps.lock").read_bytes() == before
    assert run("verify", *place(alpine)).status == 0


def test_a_root_of_glibc_with_musl_beside_it(tmp_path: Path, run: Run) -> None:
    """The directories of musl's path file are not searched."""
    root = small_wolfi(tmp_path / "root")
    run("lock", *place(root))
    before = (tmp_path / "sysdeps.lock").read_bytes()
    write(root / f"usr{MUSL}", Elf(soname="libc.so", defined=("__libc_start_main", "stdin")).build())
    write(root / "etc/ld-musl-x86_64.path", b"/nowhere\n")
    assert run("lock", *place(root)).status == 0
    assert (tmp_path / "sysdeps.lock").read_bytes() == before
    assert run("verify", *place(root)).status == 0


@pytest.mark.parametrize("content", [None, b"/usr/lib\n", b"/nowhere:/usr/lib"], ids=["none", "one", "colon"])
def test_the_path_file_of_musl(alpine: Path, run: Run, content: bytes | None) -> None:
    """A root without one has the default directories; one that names the folder gives the same lock."""
    assert not (alpine / "etc/ld-musl-x86_64.path").exists()
    if content is not None:
        write(alpine / "etc/ld-musl-x86_64.path", content)
    run("lock", *place(alpine))
    (target,) = loads((alpine.parent / "sysdeps.lock").read_text()).target
    assert (target.installs, target.unresolved) == (("libpq",), ())
