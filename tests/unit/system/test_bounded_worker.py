"""Work in a process with limits: same answers, same errors, and an end for what would have none."""

from __future__ import annotations

import os
import signal
from typing import NoReturn

import pytest

from builders.faults import refuse
from pip_sysdeps.system import bounded_worker as module
from pip_sysdeps.system.bounded_worker import LostError, bounded

pytestmark = [  # a worker of pytest-xdist has a second thread
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]


@pytest.fixture(autouse=True)
def no_child_left() -> object:
    """Check that no child process is left, running or not waited for."""
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def endless() -> NoReturn:
    """Use processor time for ever."""
    while True:
        pass


def killed() -> None:
    """End as by the kernel."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("fork", [False, True])
def test_the_result_comes_back(*, fork: bool) -> None:
    """It may be larger than a pipe holds."""
    process, text = bounded(lambda: (os.getpid(), "a" * 1_000_000), fork=fork)
    assert (process != os.getpid()) is fork
    assert len(text) == 1_000_000


@pytest.mark.slow
def test_processor_time_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work without an end is lost after its seconds."""
    monkeypatch.setattr(module, "_SECONDS", 1)
    with pytest.raises(LostError):
        bounded(endless, fork=True)


def test_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that asks for more than its memory is lost."""
    monkeypatch.setattr(module, "_MEMORY", 1 << 26)
    with pytest.raises(LostError):
        bounded(lambda: len(bytearray(1 << 28)), fork=True)


def test_a_killed_process_is_lost() -> None:
    """The work is not repeated in this process."""
    with pytest.raises(LostError):
        bounded(killed, fork=True)


def test_an_error_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    """The child process prints nothing."""

    def fail() -> NoReturn:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        bounded(fail, fork=True)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("call", ["pipe", "fork"])
def test_where_no_process_can_be_made_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """A limit on open files or processes is not an error."""
    refuse(monkeypatch, call)
    open_before = len(os.listdir("/proc/self/fd"))
    assert bounded(os.getpid, fork=True) == os.getpid()
    assert len(os.listdir("/proc/self/fd")) == open_before


def test_an_interrupt_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends both processes."""

    def interrupt(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "open", interrupt, raising=False)
    with pytest.raises(KeyboardInterrupt):
        bounded(endless, fork=True)
