"""Small hostile inputs cost little: a few shapes of `fuzz/bombs.py`, with generous limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.bombs import measured

if TYPE_CHECKING:
    from pathlib import Path

SECONDS, MEMORY = 15.0, 400 << 20
"""Far less than each of these took before there were bounds, on a machine that has other things to do."""


@pytest.mark.parametrize(
    "shape",
    [
        "lock-dotted-quoted",
        "project-fifo",
        "ld-so-conf-links",
        "needed-by-runpath",
        "status-provides",
        "status-depends",
        "record-linked",
        "sparse-claimed",
        "metadata-extras",
        "sdist-members",
        "wheel-tags",
        "wheels-fifo",
        "wheels-record",
        "wheels-record-quotes",
        "wheels-elf-bomb",
        "index-fifo",
    ],
)
def test_a_small_input_is_cheap(tmp_path: Path, shape: str) -> None:
    """Each command ends with a status of its own, within bounds of time and memory."""
    for command, cost in measured(tmp_path, [shape], limit=SECONDS):
        assert cost.status in {0, 1, 2}, (command, cost)
        assert "Traceback" not in cost.errors
        assert cost.seconds < SECONDS, command
        assert cost.memory < MEMORY, command
