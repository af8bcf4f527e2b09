"""Lists and counts in messages."""

from __future__ import annotations

import pytest

from pip_sysdeps.words import format_count, format_list


@pytest.mark.parametrize(
    ("names", "most", "text"),
    [
        ((), 2, ""),
        (("a",), 2, "a"),
        (("a", "b"), 2, "a, b"),
        (("a", "b", "c"), 2, "a, b and 1 more"),
        (tuple("abcdefgh"), 6, "a, b, c, d, e, f and 2 more"),
    ],
)
def test_only_the_first_names_are_listed(names: tuple[str, ...], most: int, text: str) -> None:
    """The other names are counted."""
    assert format_list(names, most) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 files"), (1, "1 file"), (2, "2 files")])
def test_one_thing_is_no_plural(count: int, text: str) -> None:
    """Every other number is a plural."""
    assert format_count(count, "file") == text
