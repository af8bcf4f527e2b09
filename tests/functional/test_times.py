"""`-vv` prints where the time went."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from builders.command import Result

_STAGES = [
    "start",
    "dpkg status",
    "environment",
    "ELF facts",
    "loader",
    "sources",
    "attribution",
    "version floors",
    "names in sources",
]
_LINE = re.compile(r" *[0-9]+\.[0-9] ms  (.*)")


@pytest.mark.parametrize(("options", "stages"), [(["-vv"], [*_STAGES, "lock", "all"]), (["-v"], []), ([], [])])
def test_stages_of_a_lock(run: Callable[..., Result], options: list[str], stages: list[str]) -> None:
    """Every stage has a line, in the order of the pipeline; nobody else is reported."""
    result = run("lock", *options)
    assert result.status == 0
    found = [match[1] for line in result.err.splitlines() if (match := _LINE.fullmatch(line))]
    assert found == stages
