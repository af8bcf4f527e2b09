"""Work that a second process does while this one goes on."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_T = TypeVar("_T")
_LOOK = 0.1
"""Seconds between two looks whether the first process is still there."""


@contextmanager
def beside(work: Callable[[], _T], *, fork: bool) -> Iterator[Callable[[], _T]]:
    """Begin work in a second process, if `fork`; give what waits for its result and returns it.

    The result must be one that pickle can carry. Without `fork`, or where there is no such call or no second processor,
    or the second process fails, the work is done here when its result is asked for, and an error is raised as if there
    were one process only. The second process never outlives the block.
    """
    process = _start(work) if fork else None
    if process is None:
        yield work
        return
    try:
        yield process.result
    finally:
        process.end()


def _start(work: Callable[[], _T]) -> _Process[_T] | None:
    if not hasattr(os, "fork") or _processors() < 2:
        return None
    read_end, write_end = os.pipe()
    try:
        identifier = os.fork()
    except OSError:  # no more processes, or no memory for one
        os.close(read_end)
        os.close(write_end)
        return None
    if identifier == 0:
        _work_and_exit(work, write_end)
    os.close(write_end)
    return _Process(work, identifier, read_end)


def _processors() -> int:
    """Return how many processors this process may use; os.cpu_count says how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Process(Generic[_T]):
    """A fork of this process, and the pipe that its result comes through."""

    def __init__(self, work: Callable[[], _T], identifier: int, read_end: int) -> None:
        self._work = work
        self._identifier: int | None = identifier
        self._pipe = read_end

    def result(self) -> _T:
        import pickle  # noqa: PLC0415 - slow, and not needed without a second process

        with open(self._pipe, "rb", closefd=False) as pipe:
            content = pipe.read()
        if self._wait() != 0:
            return self._work()
        result: _T = pickle.loads(content)  # noqa: S301 - our own fork wrote it
        return result

    def end(self) -> None:
        if self._identifier is not None:
            from signal import SIGKILL  # noqa: PLC0415 - only for who leaves early

            os.kill(self._identifier, SIGKILL)
            self._wait()
        os.close(self._pipe)

    def _wait(self) -> int:
        """Wait for its end, once, and return how it ended."""
        identifier, self._identifier = self._identifier, None
        return os.waitpid(identifier, 0)[1] if identifier is not None else 0


def _work_and_exit(work: Callable[[], object], write_end: int) -> NoReturn:
    """Write what the work gives; leave without any of what this process would do at its end."""
    import pickle  # noqa: PLC0415 - as above

    try:
        _leave_with(os.getppid())
        content = pickle.dumps(work(), pickle.HIGHEST_PROTOCOL)
        with open(write_end, "wb") as pipe:
            pipe.write(content)
        os._exit(0)
    finally:
        os._exit(1)  # before a traceback: the first process does the work again, and tells


def _leave_with(parent: int) -> None:
    """End soon after the first process, if that is killed and so cannot end this one."""
    import signal  # noqa: PLC0415 - as above

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK, _LOOK)
