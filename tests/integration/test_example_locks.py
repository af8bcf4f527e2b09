"""The committed locks are what the tool writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.command import pip_sysdeps
from builders.debian import SUITES
from builders.environments import VENV, build_root
from builders.truth import read_truth

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.debian, pytest.mark.network]

REPOSITORY = Path(__file__).parents[2]


def test_example_lock(same_as_committed: Callable[[Path, str], None], tmp_path: Path) -> None:
    """`sysdeps.lock.example` is the lock of a real web project on Debian 12 and 13."""
    for suite in SUITES:
        built = build_root(read_truth("p01-webapp", suite).project)
        pip_sysdeps("lock", "--add-target", "--root", str(built), "--python", VENV, cwd=tmp_path)
    same_as_committed(REPOSITORY / "sysdeps.lock.example", (tmp_path / "sysdeps.lock").read_text(encoding="utf-8"))
