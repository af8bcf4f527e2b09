"""How far the work in hand is."""

from __future__ import annotations

import pytest

from pip_sysdeps.system.progress import call_at_task_end, current, task, track


def test_items_are_counted() -> None:
    """Items are counted while they are worked on; afterwards there is no task."""
    said = [(item, str(current())) for item in track(["a", "b"], "reading objects")]
    assert said == [("a", "reading objects: 0 of 2"), ("b", "reading objects: 1 of 2")]
    assert current() is None


def test_the_innermost_task_is_in_hand() -> None:
    """The innermost task is shown, and large numbers have separators."""
    with task("outer"):
        with task("inner", 12_345) as inner:
            inner.done = 1_000
            assert str(current()) == "inner: 1,000 of 12,345"
        assert str(current()) == "outer"


def test_items_of_an_unknown_number() -> None:
    """They are counted with their unit."""
    with task("reading noble Contents", unit="lines") as each:
        each.done = 65_000
        assert str(current()) == "reading noble Contents: 65,000 lines"


def test_a_task_ends_with_an_error() -> None:
    """The watcher is told of each end."""
    ended: list[int] = []
    with call_at_task_end(lambda: ended.append(1)):
        with pytest.raises(ValueError, match="no"), task("work"):
            raise ValueError("no")
        list(track([1], "more"))
    list(track([1], "unwatched"))
    assert (current(), len(ended)) == (None, 2)
