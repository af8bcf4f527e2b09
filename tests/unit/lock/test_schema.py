"""Documents as frozen dataclasses, read from TOML tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import pytest

from pip_sysdeps.lock.schema import Problem, Reader, keys_of, pattern, problems_of, repeated_names, rule, rule_of

if TYPE_CHECKING:
    from collections.abc import Mapping

WORD = pattern("word", "[a-z]+")


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A table with a name."""

    keyless: ClassVar[tuple[str, ...]] = ("place",)
    name: str = field(metadata=WORD)
    with_: str = field(default="", metadata=rule("even text", lambda text: len(text) % 2 == 0))
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Top:
    """A table with every kind of value."""

    some_words: tuple[str, ...] = field(default=(), metadata=WORD)
    count: int = 0
    is_on: bool = False
    leaf: Leaf = field(default=Leaf(name="own"), metadata={"table": Leaf})
    rows: tuple[Leaf, ...] = field(default=(), metadata={"of": Leaf})
    named: tuple[Leaf, ...] = field(default=(), metadata={"by-name": Leaf})


def read(table: Mapping[str, object]) -> tuple[Top, list[str]]:
    """Return the document of a table, and the problems with its form."""
    reader = Reader(refuse_unknown=True)
    return reader.document(Top, table), [*map(str, reader.problems)]


def test_every_kind_of_value() -> None:
    """A key has a dash for each underscore, and none at its end; tables by name are sorted."""
    document, problems = read(
        {
            "some-words": ["a", "b"],
            "count": 3,
            "is-on": True,
            "leaf": {"name": "x", "with": "ab"},
            "rows": [{"name": "y"}],
            "named": {"b": {}, "a": {"with": "cd"}},
        }
    )
    assert document == Top(
        some_words=("a", "b"),
        count=3,
        is_on=True,
        leaf=Leaf(name="x", with_="ab"),
        rows=(Leaf(name="y"),),
        named=(Leaf(name="a", with_="cd"), Leaf(name="b")),
    )
    assert problems == []
    assert [key for _, key in keys_of(Top)] == ["some-words", "count", "is-on", "leaf", "rows", "named"]
    assert read({}) == (Top(), [])


@pytest.mark.parametrize(
    ("table", "problems"),
    [
        ({"some-words": "a"}, ["some-words: is not an array"]),
        ({"some-words": ["a", 1, True]}, ["some-words[1]: is not a string", "some-words[2]: is not a string"]),
        ({"count": "1"}, ["count: is not a whole number"]),
        ({"count": True}, ["count: is not a whole number"]),
        ({"is-on": 1}, ["is-on: is not true or false"]),
        ({"leaf": [], "named": 1}, ["leaf: is not a table", "leaf.name: is missing", "named: is not a table"]),
        ({"rows": [{}, 1]}, ["rows[0].name: is missing", "rows[1]: is not a table"]),
        ({"named": {"a": 1}}, ["named.a: is not a table"]),
        ({"leaf": {"name": "x", "place": "y"}}, ["leaf.place: is unknown; known are name, with"]),
        (
            {"some-word": 1, "other": 2},
            [
                "other: is unknown; known are some-words, count, is-on, leaf, rows, named",
                "some-word: is unknown; did you mean `some-words`?",
            ],
        ),
        ({"a\x1b": 1}, ["a\\x1b: is unknown; known are some-words, count, is-on, leaf, rows, named"]),
    ],
)
def test_an_invalid_value_is_a_problem(table: Mapping[str, object], problems: list[str]) -> None:
    """The problem has the key; for a misspelled key it suggests the nearest one."""
    assert read(table)[1] == problems


def test_unknown_keys_may_be_ignored() -> None:
    """As in a lock of a later version."""
    reader = Reader()
    assert (reader.document(Top, {"other": 1}), reader.problems) == (Top(), [])


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        (Top(), []),
        (
            Top(some_words=("a", "B", "")),
            ["some-words[1]: `B` is not a valid word", "some-words[2]: `` is not a valid word"],
        ),
        (Top(count=-1), ["count: is negative"]),
        (Top(leaf=Leaf(name="")), ["leaf.name: `` is not a valid word"]),
        (Top(rows=(Leaf(name="a"), Leaf(name="b", with_="x"))), ["rows[1].with: `x` is not a valid even text"]),
        (Top(named=(Leaf(name="a", with_="x\x1b\x1b"),)), ["named.a.with: `x\\x1b\\x1b` is not a valid even text"]),
        (Top(some_words=("A" * 70,)), [f"some-words[0]: `{'A' * 60}` is not a valid word"]),
    ],
)
def test_a_value_that_breaks_its_rule(document: Top, problems: list[str]) -> None:
    """An empty one counts if its key is required; a long one is cut."""
    assert [*map(str, problems_of(document))] == problems


def test_names_that_are_repeated() -> None:
    """The second one and each after it."""
    assert [*repeated_names("rows", "name", ["a", "b", "a", "a"])] == [
        Problem("rows[2].name", "`a` is repeated"),
        Problem("rows[3].name", "`a` is repeated"),
    ]


def test_a_rule_may_be_used_again() -> None:
    """That of another document's field."""
    assert rule_of(Leaf, "name") == WORD
    assert rule_of(Leaf, "with_") != WORD
