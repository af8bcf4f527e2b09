"""The fuzzer's generators reach into their parsers, and its first inputs cost less than it allows."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from builders.parsers import PARSERS
from builders.structures import GENERATORS, LONGEST, structured

INPUTS = 4


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_structured_inputs_cost_little(name: str) -> None:
    """The first inputs of a generator take less than a second and 100 MB each."""
    for seed in range(INPUTS):
        content = structured(name, seed)
        tracemalloc.start()
        started = time.process_time()
        PARSERS[name].check(content)
        seconds, (_, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert seconds < 1, seed
        assert peak < 100 << 20, seed


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_structured_inputs_are_read(name: str) -> None:
    """Some of the first inputs are well formed and not empty: the rest of the parser is reached."""
    outcomes = (outcome for seed in range(40) for outcome in PARSERS[name].check(structured(name, seed)))
    assert any(outcome.rpartition(" ")[2] in {"True", "False"} and " 0 " not in outcome for outcome in outcomes)


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_structured_inputs_are_repeatable(name: str) -> None:
    """The same number makes the same input, of a bounded size."""
    assert structured(name, 7) == structured(name, 7)
    assert len(structured(name, 7)) <= 2 * LONGEST
