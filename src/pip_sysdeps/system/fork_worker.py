"""Share work with a second process, which begins while this process is busy."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, NamedTuple, NoReturn, TypeVar

from pip_sysdeps.system.progress import task, track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_T = TypeVar("_T")
_R = TypeVar("_R")

_NUMBER_BYTES = 4
"""Size of an item's number in the queue, in bytes."""
_MAX_ITEMS = 10_000
"""Limit on the items: their numbers fit into a pipe on every system."""
_CHECK_INTERVAL = 0.1
"""Seconds between checks whether the parent process still exists."""


@contextmanager
def in_second_process(
    work: Callable[[_T], _R], items: Sequence[_T], what: str, *, fork: bool
) -> Iterator[Callable[[], list[_R]]]:
    """Begin work on items in a second process, if `fork`; yield a function that does the rest and returns all results.

    `what` names the task for progress. Results must be picklable. Without `fork` or a second processor, all work is
    done here when the results are requested. If the second process fails, its items are processed again here, so that
    errors are raised as with one process. The second process ends with the block.
    """
    process = _start(work, items, what) if fork else None
    if process is None:
        yield lambda: list(map(work, track(items, what)))
        return
    try:
        yield process.results
    finally:
        process.end()


def _start(work: Callable[[_T], _R], items: Sequence[_T], what: str) -> _SecondProcess[_T, _R] | None:
    if not hasattr(os, "fork") or _processors() < 2 or len(items) > _MAX_ITEMS:
        return None
    pipes: list[int] = []
    try:
        pipes += os.pipe()
        pipes += os.pipe()
        identifier = os.fork()
    except OSError:  # no more files or processes, or no memory for one
        for descriptor in pipes:
            os.close(descriptor)
        return None
    queue, fill, read_end, write_end = pipes
    if identifier == 0:
        os.close(fill)
        _work_and_exit(work, items, queue, write_end)
    os.write(fill, b"".join(number.to_bytes(_NUMBER_BYTES, "little") for number in range(len(items))))
    os.close(fill)
    os.close(write_end)
    return _SecondProcess(work, items, what, _Fork(identifier, queue, read_end))


def _processors() -> int:
    """Return the number of processors that this process may use, unlike os.cpu_count."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _take_numbers(queue: int) -> Iterator[int]:
    """Yield numbers of items from the queue; each is read by only one of the processes."""
    while number := os.read(queue, _NUMBER_BYTES):
        yield int.from_bytes(number, "little")


class _Fork(NamedTuple):
    """A fork of this process."""

    identifier: int
    queue: int
    """The pipe with the numbers of items that no process has taken."""
    results: int
    """The pipe for its results."""


class _SecondProcess(Generic[_T, _R]):
    """The work that a fork of this process shares."""

    def __init__(self, work: Callable[[_T], _R], items: Sequence[_T], what: str, fork: _Fork) -> None:
        self._work, self._items, self._what = work, items, what
        self._identifier: int | None = fork.identifier
        self._queue, self._pipe = fork.queue, fork.results

    def results(self) -> list[_R]:
        with task(self._what, len(self._items)) as progress:
            found: dict[int, _R] = {}
            for number in _take_numbers(self._queue):  # in order, so that all items before it are taken
                progress.done = number
                found[number] = self._work(self._items[number])
            found |= self._read_results()
        return [found[number] if number in found else self._work(item) for number, item in enumerate(self._items)]

    def _read_results(self) -> Mapping[int, _R]:
        import pickle  # noqa: PLC0415 - slow, and not needed without a second process

        with open(self._pipe, "rb", closefd=False) as pipe:
            content = pipe.read()
        return pickle.loads(content) if self._wait() == 0 else {}  # noqa: S301 - our own fork wrote it

    def end(self) -> None:
        if self._identifier is not None:
            from signal import SIGKILL  # noqa: PLC0415 - only for a block that is left early

            os.kill(self._identifier, SIGKILL)
            self._wait()
        os.close(self._queue)
        os.close(self._pipe)

    def _wait(self) -> int:
        """Wait for the end of the process and return its status; 0 if it was waited for before."""
        identifier, self._identifier = self._identifier, None
        return os.waitpid(identifier, 0)[1] if identifier is not None else 0


def _work_and_exit(work: Callable[[_T], object], items: Sequence[_T], queue: int, write_end: int) -> NoReturn:
    """Write the results; exit without this process's cleanup."""
    import pickle  # noqa: PLC0415 - as above

    try:
        exit_with_parent(os.getppid())
        found = {number: work(items[number]) for number in _take_numbers(queue)}
        with open(write_end, "wb") as pipe:
            pickle.dump(found, pipe, pickle.HIGHEST_PROTOCOL)
        os._exit(0)
    finally:
        os._exit(1)  # without a traceback: the parent does the work again and raises the error


def exit_with_parent(parent: int) -> None:
    """Make this process exit soon after its parent, in case that was killed."""
    import signal  # noqa: PLC0415 - as above

    def check_parent(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, check_parent)
    signal.setitimer(signal.ITIMER_REAL, _CHECK_INTERVAL, _CHECK_INTERVAL)
