"""The folders of a root that a command has open."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest

from builders.system import VENV

if TYPE_CHECKING:
    from builders.desk import Desk


@pytest.mark.parametrize("command", ["lock", "verify", "why libpq5", "tree", "export --format spdx"])
def test_none_stays_open(desk: Desk, command: str) -> None:
    """They are closed at once, not when Python collects reference cycles: a process may scan many roots."""
    desk.run_lock()
    gc.collect()
    gc.disable()
    before = len(os.listdir("/proc/self/fd"))
    try:
        desk.run(*command.split(), "--root", str(desk.root), "--python", VENV)
        assert len(os.listdir("/proc/self/fd")) == before
    finally:
        gc.enable()
