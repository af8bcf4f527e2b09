"""Other seeds than that of `.ci/run`: each day has one of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from builders.checkout import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 600


@pytest.mark.exhaustive
def test_the_seed_of_the_day(tmp_path: Path) -> None:
    """No input of ten minutes fails; what it finds is kept in a copy of the corpus, whose path the output names."""
    for name in ("fuzz", "src", "tests"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    seed = datetime.now(tz=timezone.utc).strftime("%Y%m%d")
    command = [sys.executable, str(tmp_path / "fuzz" / "fuzz.py"), str(SECONDS), "--seed", seed]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout[-2000:] + outcome.stderr[-4000:]
