"""Whatever the bytes, every parser gives a value or an error of ours, at a bounded cost.

A file of 4 KB costs less than a second and 100 MB. What fuzz/fuzz.py has found and kept is replayed.
"""

from __future__ import annotations

import itertools
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.parsers import PARSERS, Parser

CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus"
NAMES = sorted(PARSERS)
SIZE = 4096
PIECES = (*(bytes([code]) for code in b"\n \t\0\xffa0-/[{\"'\\,:|"), b"\n\n", b"../")
"""What a regular expression or a recursion might take too seriously when it comes four thousand times."""


def bounded(parser: Parser, content: bytes) -> None:
    """Run every call on the bytes; fail if one raises, or if all take a second of this process."""
    started = time.process_time()
    parser.check(content)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("name", NAMES)
def test_the_corpus(name: str) -> None:
    """Each input that showed something new to the fuzzer goes through."""
    files = sorted((CORPUS / name).glob("*"))
    assert files, f"there is no corpus: python fuzz/fuzz.py 10 {name}"
    for path in files:
        bounded(PARSERS[name], path.read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_good_inputs_are_read(name: str) -> None:
    """No seed is malformed for all of the questions: else mutations of it would never get anywhere."""
    for seed in PARSERS[name].seeds:
        assert any(outcome.rpartition(" ")[2] in {"True", "False"} for outcome in PARSERS[name].check(seed))


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_broken_inputs(name: str, data: st.DataObject) -> None:
    """A good input with pieces of it cut out, doubled and overwritten goes through."""
    content = data.draw(st.sampled_from(PARSERS[name].seeds))
    for _ in range(data.draw(st.integers(1, 4))):
        place, length = data.draw(st.integers(0, len(content))), data.draw(st.integers(0, 40))
        piece = data.draw(st.sampled_from(PIECES) | st.binary(max_size=12) | st.just(content[place : place + length]))
        content = content[:place] + piece + content[place + data.draw(st.integers(0, 40)) :]
    bounded(PARSERS[name], content[:SIZE])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_repetition_costs_little(name: str) -> None:
    """Four kilobytes of one piece, or behind a good beginning, take neither a second nor 100 MB."""
    parser = PARSERS[name]
    for piece, seed in itertools.product(PIECES, (b"", parser.seeds[0])):
        content = (seed + piece * SIZE)[:SIZE]
        tracemalloc.start()
        bounded(parser, content)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 100 << 20, (piece, seed)
