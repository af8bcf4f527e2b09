"""Relations between binary packages: the values of Depends, Pre-Depends and Provides. Source: Debian Policy 7.1."""

from __future__ import annotations

import re

_NAME = r"\s*([A-Za-z0-9][A-Za-z0-9+._-]*)"


def parse_relations(value: str) -> tuple[tuple[str, ...], ...]:
    """Return the names of each group of alternatives, in order: `a (>= 1) | b:any, c` is (("a", "b"), ("c",)).

    Versions, architecture qualifiers, restrictions and alternatives without a name are dropped.
    """
    groups = (
        tuple(match[1] for each in group.split("|") if (match := re.match(_NAME, each))) for group in value.split(",")
    )
    return tuple(group for group in groups if group)
