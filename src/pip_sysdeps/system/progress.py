"""How far the work in hand is.

Long work says it here, as it would to a log, and need not know whether anybody looks: the command line shows it on a
terminal, and a program that calls this package sees nothing of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_T = TypeVar("_T")


@dataclass(slots=True)
class Task:
    """A piece of work that may take long."""

    what: str
    """What is done, as a person calls it: `reading objects`."""
    total: int = 0
    """How many items there are; 0 where nobody knows."""
    done: int = 0
    """How many of them are done."""
    unit: str = ""
    """What is counted, where nobody knows how many there are: `lines`."""

    def __str__(self) -> str:
        """Return a line for a person: `reading objects: 1,200 of 5,310`, `reading noble Contents: 65,000 lines`."""
        if self.total:
            return f"{self.what}: {self.done:,} of {self.total:,}"
        return f"{self.what}: {self.done:,} {self.unit}" if self.unit else self.what


_tasks: list[Task] = []
_watchers: list[Callable[[], None]] = []


@contextmanager
def task(what: str, total: int = 0, *, unit: str = "") -> Iterator[Task]:
    """Yield a task that is in hand until the block ends; whoever works counts in it."""
    each = Task(what, total, unit=unit)
    _tasks.append(each)
    try:
        yield each
    finally:
        _tasks.remove(each)
        for ended in _watchers:
            ended()


def tracked(items: Collection[_T], what: str) -> Iterator[_T]:
    """Yield items as a task that counts them."""
    with task(what, len(items)) as each:
        for item in items:
            yield item
            each.done += 1


def current() -> Task | None:
    """Return the task in hand, the innermost of several; None if there is none."""
    return _tasks[-1] if _tasks else None


@contextmanager
def watched(ended: Callable[[], None]) -> Iterator[None]:
    """Call a function at the end of each task, until the block ends."""
    _watchers.append(ended)
    try:
        yield
    finally:
        _watchers.remove(ended)
