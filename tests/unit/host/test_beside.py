"""A second process that works beside this one: same answers, same errors, and never left behind."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from pip_sysdeps.host import beside as module
from pip_sysdeps.host.beside import beside

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork on a machine with one processor too."""
    monkeypatch.setattr(module, "_processors", lambda: 2)


def children() -> bool:
    """Tell whether this process has a child, running or not waited for."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def runs(identifier: str) -> bool:
    """Tell whether a process, of whoever, is there and at work."""
    try:
        return "State:\tZ" not in Path("/proc", identifier, "status").read_text(encoding="ascii")
    except OSError:
        return False


def test_the_work_is_done_by_another_process() -> None:
    """Its result comes back whole, also one that is larger than a pipe."""
    with beside(lambda: (os.getpid(), "x" * 1_000_000), fork=True) as result:
        worker, text = result()
    assert worker != os.getpid()
    assert text == "x" * 1_000_000
    assert not children()


@pytest.mark.parametrize("processors", [1, 2])
def test_without_fork_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch, processors: int) -> None:
    """Nothing is begun before its result is asked for."""
    monkeypatch.setattr(module, "_processors", lambda: processors)
    with beside(os.getpid, fork=processors == 1) as result:
        assert not children()
        assert result() == os.getpid()


def test_where_no_process_can_be_made_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit on processes is no error."""

    def refuse() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    open_before = len(os.listdir("/proc/self/fd"))
    with beside(os.getpid, fork=True) as result:
        assert result() == os.getpid()
    assert len(os.listdir("/proc/self/fd")) == open_before


def test_an_error_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    """The second process says nothing of it."""

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), beside(fail, fork=True) as result:
        result()
    assert capfd.readouterr() == ("", "")
    assert not children()


def test_a_process_that_is_killed_is_done_without() -> None:
    """The work is done again, here."""
    first = os.getpid()

    def killed_elsewhere() -> int:
        if os.getpid() != first:
            os.kill(os.getpid(), signal.SIGKILL)
        return 3

    with beside(killed_elsewhere, fork=True) as result:
        assert result() == 3


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_it_ends_with_the_block(error: type[BaseException]) -> None:
    """Whoever leaves before the result is there does not wait for it, and leaves no process."""
    begun = time.monotonic()
    with pytest.raises(error), beside(lambda: time.sleep(60), fork=True):
        raise error
    assert time.monotonic() - begun < 30
    assert not children()


def test_it_ends_soon_after_the_first_process_is_killed(tmp_path: Path) -> None:
    """Nobody is there any more to end it."""
    told = tmp_path / "worker"

    def work() -> None:
        told.write_text(str(os.getpid()), encoding="ascii")
        time.sleep(60)

    first = os.fork()
    if first == 0:
        try:
            with beside(work, fork=True) as result:
                result()
        finally:
            os._exit(1)
    while not (told.exists() and told.read_text(encoding="ascii")):
        time.sleep(0.01)
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    begun = time.monotonic()
    while runs(told.read_text(encoding="ascii")):
        assert time.monotonic() - begun < 30
        time.sleep(0.01)
