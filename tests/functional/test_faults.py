"""Faults while files are read and written: the old file or the new one, whole; one error, and no traceback."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.debian import unavailable
from builders.faults import in_child, killed_after, killed_at
from builders.small_debian import LOCK, MODULE, SITE, VENV, install_module
from pip_sysdeps.cli import main
from pip_sysdeps.hook.enable import MODULE_NAME, PTH_NAME, Settings, disable, enable
from pip_sysdeps.hook.site import HookSite
from pip_sysdeps.host.index_update import write_whole
from pip_sysdeps.host.root import Root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from builders.desk import Desk

OLD = LOCK.replace("2.9.9", "2.9.8")
_MOST_STEPS = 60


def lock_of(desk: Desk) -> Callable[[], object]:
    """Return what writes the lock."""
    return lambda: main(["lock", "--root", str(desk.root), "--python", VENV, "-o", str(desk.lock)])


def crashes(folder: Path, action: Callable[[], object]) -> Iterator[int]:
    """Run something killed at its first touch of a folder, then at its second, ... until it comes to its end."""
    for number in range(1, _MOST_STEPS):
        status = killed_at(number, str(folder), action)
        yield status
        if status != -signal.SIGKILL:
            return
    pytest.fail("it never came to its end")


# ------------------------------------------------------------------------------------------------ killed while writing


def test_killed_at_every_step_of_the_lock(desk: Desk) -> None:
    """Whenever `lock` is killed, the lock is the old one or the new one, and the next run mends all."""
    desk = replace(desk, lock=desk.lock.parent / "project" / "sysdeps.lock")
    desk.lock.parent.mkdir()
    desk.lock.write_text(OLD)
    states = []
    for status in crashes(desk.lock.parent, lock_of(desk)):
        states.append((status, desk.lock.read_text()))
        desk.lock.write_text(OLD)
    assert {text for _, text in states} == {OLD, LOCK}
    assert states[-1] == (0, LOCK)
    assert len(states) > 5, "there are steps to be killed at"
    assert desk.run_lock().status == 0
    assert desk.lock.read_text() == LOCK


@pytest.mark.parametrize("size", [0, 1, 100, len(LOCK) - 1])
def test_killed_in_the_midst_of_writing_the_lock(desk: Desk, size: int) -> None:
    """The kernel ends the process after some bytes: the old lock is whole."""
    desk.lock.write_text(OLD)
    assert killed_after(size, lock_of(desk)) == -signal.SIGXFSZ
    assert desk.lock.read_text() == OLD


def test_killed_while_an_index_is_written(tmp_path: Path) -> None:
    """An index is the old one or the new one."""
    path = tmp_path / "debian-x.index"
    path.write_bytes(b"old")
    seen = set()
    for status in crashes(tmp_path, lambda: write_whole(str(path), b"new" * 9999)):
        seen.add((status, path.read_bytes()))
    assert seen == {(-signal.SIGKILL, b"old"), (0, b"new" * 9999)}
    assert killed_after(100, lambda: write_whole(str(path), b"newer" * 9999)) == -signal.SIGXFSZ
    assert path.read_bytes() == b"new" * 9999


def test_killed_while_the_hook_is_written(tmp_path: Path) -> None:
    """A hook's file is whole or not there: Python runs the `.pth` file at every start."""
    site = HookSite(
        python=sys.executable,
        prefix=str(tmp_path),
        in_venv=True,
        version=(sys.version_info[0], sys.version_info[1]),
        purelib=str(tmp_path),
        has_orig_argv=True,
    )
    settings = Settings(command=(sys.executable, "-c", "pass"), needed=(sys.executable,))
    enable(site, settings)
    whole = {name: (tmp_path / name).read_text() for name in (MODULE_NAME, PTH_NAME)}
    disable(site)
    for status in crashes(tmp_path, lambda: enable(site, settings)):
        for name in os.listdir(tmp_path):
            if name in whole:
                assert (tmp_path / name).read_text() == whole[name]
            else:
                assert not name.endswith((".pth", ".py")), "no half-written file is run or imported"
        if status:
            disable(site)
    assert {name: (tmp_path / name).read_text() for name in whole} == whole


# ------------------------------------------------------------------------------------------------------ what may not be


def test_a_disk_that_is_read_only(desk: Desk) -> None:
    """EROFS is an error for a person."""
    folder = desk.lock.parent / "disk"
    folder.mkdir()
    namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*namespace, "true"], check=False, capture_output=True).returncode:
        unavailable("run as root, or where users may unshare(1): apt-get install util-linux")
    script = 'mount -t tmpfs -o ro tmpfs "$1" && shift && exec "$@"'
    tool = [sys.executable, "-m", "pip_sysdeps", "lock", "--root", str(desk.root), "--python", VENV]
    command = [*namespace, "sh", "-c", script, "sh", str(folder), *tool, "-o", str(folder / "sysdeps.lock")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"error: `{folder}/sysdeps.lock`: Read-only file system\n"
        "hint: write to another place with -o, or mount it writable\n"
    )


@pytest.mark.parametrize("most", range(3, 12))
def test_no_more_files_may_be_opened(desk: Desk, most: int) -> None:
    """With EMFILE at whichever open(2), the run ends with an error or the right lock: never with a wrong one."""

    def limited() -> None:
        os.closerange(3, 4096)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        status = main(["lock", "--root", str(desk.root), "--python", VENV, "-o", str(desk.lock)])
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
    """Take a file away."""
    path.unlink()


def shrink(path: Path) -> None:
    """Cut a file."""
    os.truncate(path, 70)


def empty(path: Path) -> None:
    """Leave nothing of a file."""
    os.truncate(path, 0)


def become_a_folder(path: Path) -> None:
    """Put a folder in a file's place."""
    path.unlink()
    path.mkdir()


def become_a_pipe(path: Path) -> None:
    """Put a pipe that nobody writes to in a file's place."""
    path.unlink()
    os.mkfifo(path)


CHANGES = [vanish, shrink, empty, become_a_folder, become_a_pipe]
READ = [
    f"{SITE}/{MODULE}",
    f"{SITE}/psycopg2-2.9.9.dist-info/RECORD",
    f"{SITE}/psycopg2-2.9.9.dist-info/METADATA",
    "/usr/lib/x86_64-linux-gnu/libpq.so.5.15",
    "/var/lib/dpkg/status",
    "/var/lib/dpkg/info/libpq5:amd64.list",
    "/etc/os-release",
]


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


# --------------------------------------------------------------------------------------------------------- two at once


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
