"""Depends and its like, reduced to names."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.debian.relations import parse_relations


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("", ()),
        ("libc6", (("libc6",),)),
        ("libc6 (>= 2.36), python3:any | python3-minimal (<< 4)", (("libc6",), ("python3", "python3-minimal"))),
        ("a [amd64 !i386] <!nocheck>,\n b(=1),,|", (("a",), ("b",))),
        ("g++, lib32stdc++6-12-dbg", (("g++",), ("lib32stdc++6-12-dbg",))),
        ("-o | $(x), (>= 1)", ()),
    ],
)
def test_names_of_alternatives(value: str, names: tuple[tuple[str, ...], ...]) -> None:
    """Versions, qualifiers and restrictions are left out, and what has no name too."""
    assert parse_relations(value) == names
