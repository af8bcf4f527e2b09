"""Report the progress of long work.

Long work reports its progress here, as to a log. The command line shows it on a terminal; a program that uses the
Python API sees no output.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_T = TypeVar("_T")


class Task:
    """Work that may take long."""

    __slots__ = ("done", "total", "unit", "what")

    def __init__(self, what: str, total: int = 0, *, unit: str = "") -> None:
        """Begin it. Without a `total`, `unit` is what is counted: `lines`."""
        self.what = what
        """The name for messages, such as `reading objects`."""
        self.total = total
        """The number of items; 0 if unknown."""
        self.unit = unit
        self.done = 0
        """The number of finished items."""

    def __str__(self) -> str:
        """Return a line for messages: `reading objects: 1,200 of 5,310`, `reading noble Contents: 65,000 lines`."""
        if self.total:
            return f"{self.what}: {self.done:,} of {self.total:,}"
        return f"{self.what}: {self.done:,} {self.unit}" if self.unit else self.what


_tasks: list[Task] = []
_watchers: list[Callable[[], None]] = []


@contextmanager
def task(what: str, total: int = 0, *, unit: str = "") -> Iterator[Task]:
    """Yield a task that lasts until the block ends; the caller sets `done`."""
    each = Task(what, total, unit=unit)
    _tasks.append(each)
    try:
        yield each
    finally:
        _tasks.remove(each)
        for callback in _watchers:
            callback()


def track(items: Collection[_T], what: str) -> Iterator[_T]:
    """Yield items within a task that counts them."""
    with task(what, len(items)) as each:
        for item in items:
            yield item
            each.done += 1


def current() -> Task | None:
    """Return the innermost current task; None if there is none."""
    return _tasks[-1] if _tasks else None


@contextmanager
def call_at_task_end(callback: Callable[[], None]) -> Iterator[None]:
    """Until the block ends, call a function at the end of each task."""
    _watchers.append(callback)
    try:
        yield
    finally:
        _watchers.remove(callback)
