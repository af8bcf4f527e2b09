"""Faults while files are read and written: the old file or the new one, whole; one error, and no traceback."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from builders.faults import in_child
from builders.small_debian import LOCK, MODULE, SITE, install_module
from builders.system import VENV
from pip_sysdeps.cli import main
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builders.desk import Desk

OLD = LOCK.replace("2.9.9", "2.9.8")


@pytest.mark.parametrize("most", range(3, 12))
def test_no_more_files_may_be_opened(desk: Desk, most: int) -> None:
    """With EMFILE at whichever open(2), the run ends with an error or the right lock: never with a wrong one."""
    root = str(desk.root)

    def limited() -> None:
        os.closerange(3, 4096)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        status = main(["lock", "--root", root, "--python", VENV, "-o", str(desk.lock)])
        os._exit(status)

    desk.lock.write_text(OLD)
    status = in_child(limited)
    assert (status, desk.lock.read_text()) in {(2, OLD), (0, LOCK)}


def test_signals_that_interrupt_calls(desk: Desk) -> None:
    """A timer that interrupts system calls with EINTR changes nothing."""
    beats = 0

    def beat(*_: object) -> None:
        nonlocal beats
        beats += 1

    old = signal.signal(signal.SIGALRM, beat)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        assert desk.run_lock().status == 0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert beats > 5
    assert desk.lock.read_text() == LOCK


# -------------------------------------------------------------------------------- files that change while they are read


def vanish(path: Path) -> None:
    """Remove a file."""
    path.unlink()


def shrink(path: Path) -> None:
    """Cut a file."""
    os.truncate(path, 70)


def empty(path: Path) -> None:
    """Truncate a file to nothing."""
    os.truncate(path, 0)


def grow(path: Path) -> None:
    """Add to a file."""
    with path.open("ab") as file:
        file.write(b"\n" * 5000)


def become_a_folder(path: Path) -> None:
    """Replace a file by a folder."""
    path.unlink()
    path.mkdir()


def become_a_pipe(path: Path) -> None:
    """Replace a file by a pipe that nobody writes to."""
    path.unlink()
    os.mkfifo(path)


CHANGES = [vanish, shrink, grow, empty, become_a_folder, become_a_pipe]
READ = [
    f"{SITE}/{MODULE}",
    f"{SITE}/psycopg2-2.9.9.dist-info/RECORD",
    f"{SITE}/psycopg2-2.9.9.dist-info/METADATA",
    "/usr/lib/x86_64-linux-gnu/libpq.so.5.15",
    "/var/lib/dpkg/status",
    "/var/lib/dpkg/info/libpq5:amd64.list",
    "/etc/os-release",
]


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("path", READ, ids=lambda path: path.rpartition("/")[2])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_file_changes_while_it_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, path: str, change: Callable[[Path], None], moment: str
) -> None:
    """Between finding and opening a file, or between opening and reading it: an answer or one error, in no time."""
    place = desk.root / path[1:]
    assert place.is_file(), path
    real = Root.open_resolved

    def changed(self: Root, resolved: str) -> int:
        hit = resolved == path and place.is_file()
        if hit and moment == "before":
            change(place)
        descriptor = real(self, resolved)
        if hit and moment == "after":
            change(place)
        return descriptor

    monkeypatch.setattr(Root, "open_resolved", changed)
    started = time.monotonic()
    outcome = desk.run_lock()
    assert time.monotonic() - started < 5
    assert outcome.status in {0, 2}
    assert "Traceback" not in outcome.err
    assert outcome.status == 0 or outcome.err.startswith("error: ")
    if outcome.status == 2:
        assert not desk.lock.exists()


@pytest.mark.parametrize("path", READ, ids=lambda path: path.rpartition("/")[2])
@pytest.mark.parametrize("kind", [become_a_folder, become_a_pipe])
def test_what_should_be_a_file(desk: Desk, path: str, kind: Callable[[Path], None]) -> None:
    """A folder or a pipe in a file's place is an answer without it, or one error; nobody waits for the pipe."""
    kind(desk.root / path[1:])
    outcome = desk.run_lock()
    assert outcome.status in {0, 2}
    assert outcome.status == 0 or outcome.err.startswith("error: ")


FOLDERS = {
    SITE: "error: no distributions in the environment",
    f"{SITE}/psycopg2": "0 distributions with needs",
    f"{SITE}/psycopg2-2.9.9.dist-info": "1 file skipped",
    "/opt/venv": "error: `/opt/venv` is not an interpreter",
    "/usr/lib/x86_64-linux-gnu": "in the install line, but not installed here: libpq5",
    "/var/lib/dpkg": "error: no package database found",
    "/var/lib/dpkg/info": "warning: dpkg has no file lists of dpkg, libc6, libpq5 and 1 more: libraries are looked up",
    "/etc": "error: cannot determine the release",
}


@pytest.mark.parametrize(("path", "said"), FOLDERS.items(), ids=FOLDERS)
def test_what_should_be_a_folder(desk: Desk, path: str, said: str) -> None:
    """A file in a folder's place is one error, or an answer that says what it lacks."""
    shutil.rmtree(desk.root / path[1:])
    (desk.root / path[1:]).write_bytes(b"no folder\n")
    outcome = desk.run_lock()
    assert said in outcome.err
    assert outcome.status == (2 if said.startswith("error") else 0)
    assert desk.lock.exists() is (outcome.status == 0)


# --------------------------------------------------------------------------------------------------------- two at once


@pytest.mark.slow
def test_two_at_once(desk: Desk, tmp_path: Path) -> None:
    """Two runs that see different environments end with one of their two locks, whole, and nothing beside it."""
    other = tmp_path / "other"
    shutil.copytree(desk.root, other, symlinks=True)
    install_module(other, "mysqlclient", "libpq.so.5")
    tool = [sys.executable, "-m", "pip_sysdeps", "lock", "-q", "--python", VENV]
    results = set()
    for root in (desk.root, other):
        subprocess.run([*tool, "--root", str(root), "-o", str(tmp_path / "alone")], check=True)
        results.add((tmp_path / "alone").read_text())
    assert len(results) == 2
    desk.lock.parent.joinpath("both").mkdir()
    lock = desk.lock.parent / "both" / "sysdeps.lock"
    for _ in range(2):
        runs = [subprocess.Popen([*tool, "--root", str(root), "-o", str(lock)]) for root in (desk.root, other)]
        assert [run.wait() for run in runs] == [0, 0]
        assert lock.read_text() in results
        assert os.listdir(lock.parent) == ["sysdeps.lock"]
