"""One run at a time for each file: who is kept waiting, who cannot interfere, and what is left behind."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.system.exclusion import exclusive

if TYPE_CHECKING:
    from pathlib import Path

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="run as root, which becomes somebody else")
BUSY = ".sysdeps.lock.busy"

COUNT = """
import sys
from pip_sysdeps.system.exclusion import exclusive
for _ in range(20):
    with exclusive(sys.argv[1]):
        with open(sys.argv[1]) as file:
            number = int(file.read())
        with open(sys.argv[1], "w") as file:
            file.write(str(number + 1))
"""
"""Loses a number when another does the same between reading and writing."""


KILLED = """
import os, sys
from pip_sysdeps.system.exclusion import exclusive
with exclusive(sys.argv[1]):
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """Return the path of a lock in a folder of its own, which is not there yet."""
    return tmp_path / "sysdeps.lock"


def test_nothing_is_left(lock: Path) -> None:
    """The lock file is removed at the end."""
    with exclusive(str(lock)) as nobody_else:
        assert (nobody_else, os.listdir(lock.parent)) == (True, [BUSY])
    assert os.listdir(lock.parent) == []


def test_nothing_is_lost(lock: Path) -> None:
    """Processes that read, change and write at once see each other's work."""
    lock.write_text("0")
    command = [sys.executable, "-c", COUNT, str(lock)]
    processes = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0] * 4
    assert (lock.read_text(), os.listdir(lock.parent)) == ("80", ["sysdeps.lock"])


def test_the_wait_ends(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that waits too long continues, and is told so."""
    monkeypatch.setattr("pip_sysdeps.system.exclusion.MAX_WAIT", 0.0)
    with exclusive(str(lock)):
        with exclusive(str(lock)) as nobody_else:
            assert not nobody_else
        assert os.listdir(lock.parent) == [BUSY], "it is the other's to remove"


def test_a_killed_run_keeps_nobody_waiting(lock: Path) -> None:
    """The lock file of a killed run is taken over and removed."""
    killed = subprocess.run([sys.executable, "-c", KILLED, str(lock)], check=False)
    assert (killed.returncode, os.listdir(lock.parent)) == (-signal.SIGKILL, [BUSY])
    with exclusive(str(lock)) as nobody_else:
        assert nobody_else
    assert os.listdir(lock.parent) == []


@pytest.mark.parametrize(("folder", "mode"), [(0o755, 0o600), (0o750, 0o600), (0o775, 0o660), (0o777, 0o660)])
@pytest.mark.parametrize("mask", [0o000, 0o777])
def test_only_writers_may_open_it(lock: Path, folder: int, mode: int, mask: int) -> None:
    """The mode follows from the folder's permissions, not from the umask."""
    lock.parent.chmod(folder)
    before = os.umask(mask)
    try:
        with exclusive(str(lock)):
            assert stat.S_IMODE((lock.parent / BUSY).stat().st_mode) == mode
    finally:
        os.umask(before)


@ROOT_ONLY
def test_root_shares_it_with_the_folders_owner(lock: Path) -> None:
    """A run as root and one as the project's owner wait for each other."""
    os.chown(lock.parent, 4321, 1234)
    with exclusive(str(lock)):
        status = (lock.parent / BUSY).stat()
        assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (4321, 1234, 0o600)


def test_one_that_readers_may_open_is_replaced(lock: Path) -> None:
    """A lock file that anybody may open, such as a committed one, is replaced."""
    busy = lock.parent / BUSY
    busy.touch(0o644)
    busy.chmod(0o644)
    held = os.open(busy, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with exclusive(str(lock)) as nobody_else:
        assert nobody_else
        assert busy.stat().st_ino != os.fstat(held).st_ino
    os.close(held)


@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "pipe", "text"])
def test_what_is_not_ours_is_left_alone(lock: Path, kind: str) -> None:
    """Another file in place of the lock file stays, and the run continues without a lock."""
    busy, other = lock.parent / BUSY, lock.parent / "other"
    match kind:
        case "link":
            other.touch()
            busy.symlink_to(other)
        case "dangling link":
            busy.symlink_to(other)
        case "folder":
            busy.mkdir()
        case "pipe":
            os.mkfifo(busy)
        case _:
            busy.write_text("text")
    before = {path.name: path.lstat()[:7] for path in lock.parent.iterdir()}
    with exclusive(str(lock)) as nobody_else:
        assert nobody_else
    assert {path.name: path.lstat()[:7] for path in lock.parent.iterdir()} == before


def test_a_link_to_a_lock_is_the_lock(lock: Path) -> None:
    """Two names of one file keep each other waiting, in the file's own folder."""
    (lock.parent / "real").mkdir()
    (lock.parent / "real" / "sysdeps.lock").touch()
    lock.symlink_to("real/sysdeps.lock")
    with exclusive(str(lock)):
        assert (lock.parent / "real" / BUSY).exists()


@pytest.mark.parametrize("target", ["/dev/null", "elsewhere/profile.sh"])
def test_no_file_is_made_through_a_link(lock: Path, target: str) -> None:
    """No lock file is made beside a device, or at the target of a dangling link."""
    (lock.parent / "elsewhere").mkdir()
    lock.symlink_to(target)
    with exclusive(str(lock)) as nobody_else:
        assert nobody_else
        assert os.listdir(lock.parent / "elsewhere") == []
        assert not os.path.exists("/dev/.null.busy")


@pytest.mark.parametrize("folder", ["missing", "file"])
def test_no_folder_to_write_in(lock: Path, folder: str) -> None:
    """The error is left to the later write."""
    (lock.parent / "file").touch()
    with exclusive(str(lock.parent / folder / "sysdeps.lock")) as nobody_else:
        assert nobody_else
