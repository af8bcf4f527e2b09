"""A second process that works beside this one: same answers, same errors, and never left behind."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from builders.faults import refuse
from pip_sysdeps.system import fork_worker as module
from pip_sysdeps.system.fork_worker import in_second_process

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [  # a worker of pytest-xdist has a second thread
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork on a machine with one processor too."""
    monkeypatch.setattr(module, "_processors", lambda: 2)


def children() -> bool:
    """Return whether this process has a child, running or not waited for."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def runs(identifier: str) -> bool:
    """Return whether a process, of whoever, is there and at work."""
    try:
        return "State:\tZ" not in Path("/proc", identifier, "status").read_text(encoding="ascii")
    except OSError:
        return False


def who(item: int) -> tuple[int, int]:
    """Return who works on an item."""
    return item, os.getpid()


def wait_for(done: Callable[[], bool]) -> None:
    """Wait, on a busy machine too."""
    begun = time.monotonic()
    while not done():
        assert time.monotonic() - begun < 30
        time.sleep(0.01)


def test_another_process_begins_at_once(tmp_path: Path) -> None:
    """The work is done before results are asked for; they come in the order of the items."""

    def work(item: int) -> tuple[int, int, str]:
        (tmp_path / str(item)).touch()
        return item, os.getpid(), "more than a pipe holds" * 10_000

    with in_second_process(work, range(20), "working", fork=True) as results:
        wait_for(lambda: len(os.listdir(tmp_path)) == 20)
        found = results()
    assert [item for item, *_ in found] == list(range(20))
    assert {len(text) for *_, text in found} == {220_000}
    assert os.getpid() not in {worker for _, worker, _ in found}
    assert not children()


def test_both_share_what_is_left(tmp_path: Path) -> None:
    """Each item is done once, by one of the two."""
    asked = tmp_path / "asked"

    def work(item: int) -> tuple[int, int]:
        wait_for(asked.exists)
        time.sleep(0.01)
        return who(item)

    with in_second_process(work, range(50), "working", fork=True) as results:
        asked.touch()
        found = results()
    assert [item for item, _ in found] == list(range(50))
    assert len({worker for _, worker in found}) == 2


@pytest.mark.parametrize("processors", [1, 2])
def test_without_fork_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch, processors: int) -> None:
    """Nothing is begun before results are asked for."""
    monkeypatch.setattr(module, "_processors", lambda: processors)
    with in_second_process(who, [3, 4], "working", fork=processors == 1) as results:
        assert not children()
        assert results() == [(3, os.getpid()), (4, os.getpid())]


@pytest.mark.parametrize("call", ["pipe", "fork"])
def test_where_no_process_can_be_made_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """A limit on open files or processes is not an error."""
    refuse(monkeypatch, call)
    open_before = len(os.listdir("/proc/self/fd"))
    with in_second_process(who, [3], "working", fork=True) as results:
        assert results() == [(3, os.getpid())]
    assert len(os.listdir("/proc/self/fd")) == open_before


def test_an_error_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    """The second process prints nothing."""

    def fail(_: int) -> NoReturn:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), in_second_process(fail, range(3), "working", fork=True) as results:
        results()
    assert capfd.readouterr() == ("", "")
    assert not children()


def test_what_a_killed_process_had_taken_is_done_here() -> None:
    """No item is lost."""
    first = os.getpid()

    def killed_elsewhere(item: int) -> int:
        if os.getpid() != first:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    with in_second_process(killed_elsewhere, range(5), "working", fork=True) as results:
        time.sleep(0.2)
        assert results() == [0, 1, 2, 3, 4]
    assert not children()


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_it_ends_with_the_block(error: type[BaseException]) -> None:
    """A block that is left early does not wait for results, and leaves no process."""
    begun = time.monotonic()
    with pytest.raises(error), in_second_process(lambda _: time.sleep(60), range(2), "working", fork=True):
        raise error
    assert time.monotonic() - begun < 30
    assert not children()


def test_it_ends_soon_after_the_first_process_is_killed(tmp_path: Path) -> None:
    """The second process ends by itself."""
    told = tmp_path / "worker"

    def work(_: int) -> None:
        told.write_text(str(os.getpid()), encoding="ascii")
        time.sleep(60)

    first = os.fork()
    if first == 0:
        try:
            with in_second_process(work, [0], "working", fork=True):
                time.sleep(60)
        finally:
            os._exit(1)
    wait_for(lambda: told.exists() and bool(told.read_text(encoding="ascii")))
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    wait_for(lambda: not runs(told.read_text(encoding="ascii")))
