"""`--root` is a wall: whatever a root says, nothing outside of it is opened, listed, or told."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.mounts import ALONE, require_mounts
from builders.root import link, write
from builders.small_debian import LOCK, MODULE, SITE
from builders.swapping import swapped_without_pause
from builders.system import VENV, write_library
from builders.venv import install
from builders.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from builders.desk import Desk

INFO = f"{SITE}/psycopg2-2.9.9.dist-info"
LIB = "usr/lib/x86_64-linux-gnu"
CANARY = "escaped"
"""Part of every content outside, and of no path."""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Make a folder beside the root that nobody may look at."""
    folder = tmp_path / "outside"
    write(folder / "libpq.so.5", Elf(soname=f"lib{CANARY}.so.9", needed=(f"lib{CANARY}.so.8",)).build())
    write(folder / "python3.11", Elf(interpreter="/lib64/ld-linux-x86-64.so.2", needed=(f"lib{CANARY}.so.7",)).build())
    write(folder / "os-release", f"ID={CANARY}\nVERSION_ID=1\n")
    write(folder / "METADATA", f"Name: {CANARY}\nVersion: 1\n")
    write(folder / "RECORD", f"{CANARY}.so,,\n")
    write(folder / "a.conf", f"/usr/lib/{CANARY}\n")
    write(folder / "status", f"Package: {CANARY}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n")
    install(folder / "site", CANARY, files={f"{CANARY}.cpython-311-x86_64-linux-gnu.so": b"\x7fELF"})
    return folder


@pytest.fixture
def watch(outside: Path) -> Iterator[Watch]:
    """Return a watch on that folder."""
    watch = Watch(outside)
    yield watch
    watch.close()


def in_place_of(path: Path, target: str) -> None:
    """Replace a file by a link."""
    path.unlink(missing_ok=True)
    link(path, target)


def up(path: str) -> str:
    """Return a relative way from a folder of the root to an absolute path, with more `..` than there are folders."""
    return "../" * 30 + path.lstrip("/")


def module(root: Path, **facts: object) -> None:
    """Replace psycopg2's module."""
    write_library(root, f"{SITE}/{MODULE}", Elf(defined=("PyInit__psycopg",), **facts))  # type: ignore[arg-type]


def linked_library(root: Path, out: str) -> None:
    """Make a library an absolute link."""
    in_place_of(root / LIB / "libpq.so.5", f"{out}/libpq.so.5")


def linked_library_upwards(root: Path, out: str) -> None:
    """Make a library a relative link."""
    in_place_of(root / LIB / "libpq.so.5", up(f"{out}/libpq.so.5"))


def linked_alternatively(root: Path, out: str) -> None:
    """Make a library a link of update-alternatives, which leads to a link."""
    in_place_of(root / LIB / "libpq.so.5", "/etc/alternatives/libpq.so.5")
    link(root / "etc/alternatives/libpq.so.5", f"{out}/libpq.so.5")


def linked_alternatively_upwards(root: Path, out: str) -> None:
    """Make a library such a link with more `..` than there are folders."""
    in_place_of(root / LIB / "libpq.so.5", "../../../etc/alternatives/libpq.so.5")
    link(root / "etc/alternatives/libpq.so.5", up(f"{out}/libpq.so.5"))


def linked_through_proc(root: Path, out: str) -> None:
    """Lead through /proc/self/root, which the kernel would resolve on this machine."""
    in_place_of(root / LIB / "libpq.so.5", f"/proc/self/root{out}/libpq.so.5")
    link(root / "proc", "/proc")


def linked_folders(root: Path, out: str) -> None:
    """Make folders with libraries and with distributions links."""
    link(root / "usr/local/lib/x86_64-linux-gnu", out)
    link(root / SITE[1:] / "linked", f"{out}/site")
    link(root / SITE[1:] / f"{CANARY[:2]}-1.dist-info", up(f"{out}/site/{CANARY}-1.0.dist-info"))


def link_loops(root: Path, out: str) -> None:
    """Make links that lead to each other, and one that leads there in the end."""
    link(root / LIB / "a", "b")
    link(root / LIB / "b", "a")
    in_place_of(root / LIB / "libpq.so.5", "a/libpq.so.5")
    link(root / "opt/venv/lib/python3.11/site-packages/loop", "loop")
    link(root / "usr/local/lib/loop", f"loop/../../../../../../..{out}")


def records(root: Path, out: str) -> None:
    """Claim files outside, by `..` and by absolute paths."""
    rows = [f"{MODULE},,", f"{up(out)}/libpq.so.5,,", f"{out}/libpq.so.5,,", f"psycopg2/{up(out)}/libpq.so.5,,"]
    write(root / INFO[1:] / "RECORD", "\n".join([*rows, ""]))


def linked_metadata(root: Path, out: str) -> None:
    """Make the distribution's own files links."""
    for name in ("RECORD", "METADATA"):
        in_place_of(root / INFO[1:] / name, up(f"{out}/{name}"))


def needs_with_slashes(root: Path, out: str) -> None:
    """Need libraries by path: absolute, relative to the object, through /proc."""
    paths = (f"{out}/libpq.so.5", f"$ORIGIN/{up(out)}/libpq.so.5", f"/proc/self/root{out}/libpq.so.5")
    module(root, needed=(*paths, "libpq.so.5"))


def run_paths(root: Path, out: str) -> None:
    """Search for libraries there."""
    (root / LIB / "libpq.so.5").unlink()
    runpath = f"{out}:$ORIGIN/{up(out)}:/proc/self/root{out}:/proc/self/cwd/{up(out)}"
    module(root, needed=("libpq.so.5",), runpath=runpath)


def loader_configuration(root: Path, out: str) -> None:
    """Name folders and files there in ld.so.conf, and make a file of it a link."""
    (root / LIB / "libpq.so.5").unlink()
    includes = f"include {out}/*.conf\ninclude {up(out)}/*.conf\ninclude /etc/ld.so.conf.d/*.conf\n"
    write(root / "etc/ld.so.conf", f"{includes}{out}\n/usr/{up(out)}\n")
    link(root / "etc/ld.so.conf.d/a.conf", f"{out}/a.conf")


def linked_database(root: Path, out: str) -> None:
    """Make dpkg's database and os-release links."""
    in_place_of(root / "var/lib/dpkg/status", f"{out}/status")
    in_place_of(root / "etc/os-release", up(f"{out}/os-release"))


def linked_symbols(root: Path, out: str) -> None:
    """Replace the symbols and shlibs files of a package by links."""
    for name in ("libpq5:amd64.symbols", "libpq5:amd64.shlibs"):
        in_place_of(root / "var/lib/dpkg/info" / name, f"{out}/status")


def other_interpreter(root: Path, out: str) -> None:
    """Make the interpreter a link, and name its folder in pyvenv.cfg."""
    write(root / "opt/venv/pyvenv.cfg", f"home = {out}\ninclude-system-site-packages = true\nversion = 3.11.2\n")
    in_place_of(root / "opt/venv/bin/python3", f"{out}/python3.11")


def more_site_directories(root: Path, out: str) -> None:
    """Name folders outside the root in .pth and .egg-link files."""
    write(root / SITE[1:] / "a.pth", f"{out}/site\n{up(out)}/site\n")
    write(root / SITE[1:] / "b.egg-link", f"{out}/site\n.\n")
    url = f'{{"url": "file://{out}/site", "dir_info": {{"editable": true}}}}'
    pth = {"__editable__.editable.pth": f"{out}/site\n".encode()}
    install(root / SITE[1:], "editable", files=pth, metadata={"direct_url.json": url})


TRICKS = [
    linked_library,
    linked_library_upwards,
    linked_alternatively,
    linked_alternatively_upwards,
    linked_through_proc,
    linked_folders,
    link_loops,
    records,
    linked_metadata,
    needs_with_slashes,
    run_paths,
    loader_configuration,
    linked_database,
    linked_symbols,
    other_interpreter,
    more_site_directories,
]


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_nothing_outside_is_read(desk: Desk, outside: Path, watch: Watch, trick: Callable[[Path, str], None]) -> None:
    """No command opens, lists or prints anything outside the root."""
    trick(desk.root, str(outside))
    watch.opened()
    place = ("--root", str(desk.root), "--python", VENV)
    outcomes = [desk.run_lock("-v")]
    outcomes += [desk.run(command, *place) for command in ("audit", "tree", "verify")]
    outcomes += [desk.run("why", "libpq.so.5", *place)]
    lock = desk.lock.read_text() if desk.lock.exists() else ""
    assert watch.opened() == []
    assert CANARY not in "".join([lock, *(text for outcome in outcomes for text in (outcome.out, outcome.err))])
    assert {outcome.status for outcome in outcomes} <= {0, 1, 2}
    assert "Traceback" not in "".join(outcome.err for outcome in outcomes)


def test_the_watch_works(desk: Desk, outside: Path, watch: Watch) -> None:
    """A process that follows such a link is detected, so the test above can fail."""
    linked_library(desk.root, str(outside))
    watch.opened()
    (desk.root / LIB / "libpq.so.5").read_bytes()
    assert watch.opened() == [os.path.realpath(outside / "libpq.so.5")]


def test_a_folder_that_is_swapped_for_a_link(desk: Desk, outside: Path) -> None:
    """Whoever does that without a pause while the root is read leads nothing astray."""
    write_library(outside, f"/{MODULE}", Elf(defined=("PyInit__psycopg",), needed=(f"lib{CANARY}.so.9",)))
    write(outside / "psycopg2/__init__.py", f"import ctypes\nctypes.CDLL('lib{CANARY}.so.8')\n")
    watch = Watch(outside)
    site = desk.root / SITE[1:]
    link(site / "swapped", str(outside / "psycopg2"))
    told = []
    with swapped_without_pause(site / "psycopg2", site / "swapped"):
        for _ in range(8):
            outcome = desk.run_lock()
            told += [outcome.out, outcome.err, desk.lock.read_text() if desk.lock.exists() else ""]
            assert "Traceback" not in outcome.err
    assert watch.opened() == []
    assert CANARY not in "".join(told)
    watch.close()


def test_a_library_in_the_roots_own_place_is_found(desk: Desk, outside: Path) -> None:
    """An absolute link leads to that path inside the root, as chroot(2) has it."""
    in_place_of(desk.root / LIB / "libpq.so.5", f"{outside}/libpq.so.5")
    inside = desk.root / str(outside).lstrip("/")
    write(inside / "libpq.so.5", Elf(soname="libpq.so.5", needed=("libc.so.6",)).build())
    assert desk.run_lock().status == 0
    assert 'package = "libpq5"' in desk.lock.read_text()


@pytest.mark.parametrize("way", ["self/root", "self/cwd", "self/fd/9"])
def test_a_root_with_a_real_proc(desk: Desk, outside: Path, way: str) -> None:
    """Magic links, which the kernel would follow to wherever they lead, are read as the text they show."""
    require_mounts()
    in_place_of(desk.root / LIB / "libpq.so.5", f"/proc/{way}{outside if way == 'self/root' else ''}/libpq.so.5")
    (desk.root / "proc").mkdir()
    tool = [sys.executable, "-m", "pip_sysdeps", "audit", "--root", str(desk.root), "--python", VENV]
    script = 'mount --bind /proc "$0" && cat "$0/self/root/proc/version" > /dev/null && exec "$@" 9< .'
    done = subprocess.run(
        [*ALONE, "sh", "-c", script, str(desk.root / "proc"), *tool],
        cwd=outside,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    assert "psycopg2 2.9.9" in done.stdout
    assert CANARY not in done.stdout + done.stderr


PIVOT = """
import ctypes, os, signal, sys
root, number = sys.argv[1], {"x86_64": 155, "aarch64": 41}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)
assert libc.mount(os.fsencode(root), os.fsencode(root), None, 4096, None) == 0  # MS_BIND
os.chdir(root)
os.mkdir("old")
assert libc.syscall(number, b".", b"old") == 0  # pivot_root(2)
os.chroot(".")
print("ready", flush=True)
signal.pause()
"""
"""What a container's runtime does, so that a folder is the top of all that a process has mounted."""


def test_the_root_of_another_process(desk: Desk) -> None:
    """/proc/PID/root is what a process in a container has for `/`, though the link shows this machine's."""
    require_mounts()
    command = [*ALONE, sys.executable, "-c", PIVOT, str(desk.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        place = f"/proc/{process.pid}/root"
        assert os.readlink(place) == "/"
        status = desk.run("lock", "--root", place, "--python", VENV, "-o", str(desk.lock)).status
        process.kill()
    assert status == 0
    assert desk.lock.read_text() == LOCK
