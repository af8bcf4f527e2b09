"""Symbols that a process would lack."""

from __future__ import annotations

import pytest

from pip_sysdeps.needs.undefined_symbols import SymbolGap, symbol_gaps

NEEDS = {"/b.so": frozenset({"one", "two"}), "/a.so": frozenset({"three", "two"}), "/c.so": frozenset[str]()}


@pytest.mark.parametrize(
    ("defined", "gaps"),
    [
        ({"/lib.so": frozenset({"one", "two", "three"}), "/never.so": None}, ()),
        (
            {"/lib.so": frozenset({"one"})},
            (SymbolGap(file="/a.so", symbols=("three", "two")), SymbolGap(file="/b.so", symbols=("two",))),
        ),
        (
            {"/lib.so": frozenset({"one"}), "/other.so": frozenset({"two"})},
            (SymbolGap(file="/a.so", symbols=("three",)),),
        ),
        ({"/lib.so": frozenset({"one"}), "/unknown.so": None}, ()),
    ],
)
def test_symbols_that_nothing_defines(defined: dict[str, frozenset[str] | None], gaps: tuple[SymbolGap, ...]) -> None:
    """Of each file, sorted; an object of which nothing is known may define them, if it is reached."""
    assert symbol_gaps(NEEDS, defined, required=NEEDS.__getitem__, defined=defined.__getitem__) == gaps
