"""The compact index: what is written is found again, and damage is noticed."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.index_file import IndexTarget, Table, dump_index, load_index

TARGETS = [IndexTarget(id="debian-a-amd64", date="d1"), IndexTarget(id="debian-b-amd64", date="d2")]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"], exclude_characters=":"), min_size=1)
TABLES = st.dictionaries(WORDS, WORDS, max_size=30)


def test_each_target_has_its_own_answer() -> None:
    """A key may be in one target only, differ, or be the same everywhere."""
    first: Table = {"libssl.so.3": "libssl3", "libz.so.1": "zlib1g", "libold.so.1": "old"}
    second: Table = {"libssl.so.3": "libssl3t64", "libz.so.1": "zlib1g"}
    index = load_index(dump_index(TARGETS, {"library": [first, second]}))
    assert index.targets == tuple(TARGETS)
    assert [[index.value("library", key, number) for key in first] for number in (0, 1)] == [
        ["libssl3", "zlib1g", "old"],
        ["libssl3t64", "zlib1g", None],
    ]


@given(TABLES, TABLES)
def test_everything_written_is_found_and_nothing_else(first: Table, second: Table) -> None:
    """By key and by prefix, for each target; the bytes depend on nothing but the contents."""
    blob = dump_index(TARGETS, {"library": [first, second], "program": [{}, {}]})
    shuffled = [dict(reversed(list(table.items()))) for table in (first, second)]
    assert dump_index(TARGETS, {"program": [{}, {}], "library": shuffled}) == blob
    index = load_index(blob)
    for number, table in enumerate((first, second)):
        assert {key: index.value("library", key, number) for key in {*first, *second}} == {
            key: table.get(key) for key in {*first, *second}
        }
        assert list(index.entries_with_prefix("library", "", number)) == sorted(table.items())
        for prefix in {key[:2] for key in first}:
            expected = sorted((key, value) for key, value in table.items() if key.startswith(prefix))
            assert list(index.entries_with_prefix("library", prefix, number)) == expected


def test_a_large_table_is_cut_and_a_prefix_may_span_blocks() -> None:
    """First and last key of every block, keys between, and prefixes across the cuts are found."""
    table = {f"lib{number:06}.so.{number % 7}": f"package{number}" for number in range(20_000)}
    index = load_index(dump_index(TARGETS[:1], {"library": [table]}))
    assert {key: index.value("library", key, 0) for key in table} == table
    assert dict(index.entries_with_prefix("library", "lib01", 0)) == {
        key: value for key, value in table.items() if key.startswith("lib01")
    }
    assert index.value("library", "a", 0) is index.value("library", "z", 0) is index.value("nothing", "a", 0) is None


def test_a_key_is_found_whole() -> None:
    """Neither a part of a key nor a value is found."""
    index = load_index(dump_index(TARGETS[:1], {"library": [{"libab.so": "x", "libb.so": "libc.so"}]}))
    assert [index.value("library", key, 0) for key in ("b.so", "libb", "x", "libc.so", "", "libb.so")] == [
        *[None] * 5,
        "libc.so",
    ]


@pytest.mark.parametrize("blob", [b"", b"pip-sysdeps index 1\n", b"pip-sysdeps index 2\n" + b"\0" * 9, b"\x7fELF"])
def test_an_invalid_index_is_an_error(blob: bytes) -> None:
    """A file of another version is an error too."""
    with pytest.raises(MalformedError):
        load_index(blob)


def test_a_bomb_is_an_error() -> None:
    """A header that inflates without end is not inflated."""
    head = zlib.compress(b" " * (1 << 25))
    with pytest.raises(MalformedError, match="inflates without end"):
        load_index(b"pip-sysdeps index 1\n" + len(head).to_bytes(4, "little") + head)


@pytest.mark.parametrize("word", ["a b", "a:b", "a\tb", "a\nb", "", "a\u2028b"])
def test_what_cannot_be_read_again_is_not_written(word: str) -> None:
    """As a key or as a value: a ":" ended every later `lock` of the target."""
    for table in ({word: "x"}, {"x": word}):
        with pytest.raises(MalformedError, match=r"^a soname index cannot hold "):
            dump_index(TARGETS[:1], {"library": [table]})


@pytest.mark.parametrize(
    "target",
    [
        IndexTarget(id="../../x", date="d"),
        IndexTarget(id="debian-a\tb", date="d"),
        IndexTarget(id="", date="d"),
        IndexTarget(id="debian-a", date="d\td"),
        IndexTarget(id="debian-a", date="d", release="1\x1b[31m"),
        IndexTarget(id="debian-a", date="d" * 101),
    ],
)
def test_a_target_has_printable_facts(target: IndexTarget) -> None:
    """A path, or control characters, are refused."""
    with pytest.raises(MalformedError):
        dump_index([target], {})


def test_a_block_that_could_not_be_inflated_is_not_written() -> None:
    """A value that is too long is refused."""
    with pytest.raises(MalformedError, match=r"^a soname index cannot hold so much in one block$"):
        dump_index(TARGETS[:1], {"library": [{"x": "y" * (1 << 22)}]})


ANY = st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=4)


@given(ANY, st.text(max_size=9), st.text(max_size=9))
def test_an_index_that_is_written_can_be_read(table: Table, codename: str, date: str) -> None:
    """Whatever an archive says, it is the one error or an index with the same answers."""
    target = IndexTarget(id=f"debian-{codename}-amd64", date=date)
    try:
        blob = dump_index([target], {"library": [table]})
    except MalformedError:
        return
    index = load_index(blob)
    assert index.targets == (target,)
    assert dict(index.entries_with_prefix("library", "", 0)) == table


BLOB = dump_index(TARGETS, {"library": [{f"lib{n}.so.1": f"p{n}" for n in range(500)}, {"lib7.so.1": "q"}]})


@given(st.integers(0, len(BLOB) - 1), st.integers(1, 255), st.booleans())
def test_damage_gives_the_one_error_or_an_answer(position: int, change: int, cut: bool) -> None:
    """Whatever byte changed, or wherever the file ends, nothing else is raised."""
    damaged = bytearray(BLOB)
    damaged[position] ^= change
    try:
        index = load_index(bytes(damaged[:position] if cut else damaged))
        index.value("library", "lib7.so.1", 1)
        list(index.entries_with_prefix("library", "lib1", 0))
    except MalformedError:
        pass
