"""Run docs/tutorial.md command by command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from builders.checkout import PROJECT

COMMANDS = re.findall(r"^\$ (.+)$", (PROJECT / "docs/tutorial.md").read_text(encoding="utf-8"), re.MULTILINE)
DIFFERENT = ("pip-sysdeps lock --check", "pip-sysdeps diff")
"""What is to find a difference, and ends with 1."""
CHANGE = ".venv/bin/pip install python-magic"
COMMIT = "git init -q; git add sysdeps.lock; git -c user.name=a -c user.email=a@example.org commit -qm lock"


@pytest.mark.network
def test_the_tutorial(tmp_path: Path) -> None:
    """Each command has the status and the output that the page shows."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

    def output_of(command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == int(command.startswith(DIFFERENT)), done.stdout
        return done.stdout

    before, after = COMMANDS[: COMMANDS.index(CHANGE)], COMMANDS[COMMANDS.index(CHANGE) :]
    first = "".join(output_of(each) for each in before if "tools/bin" not in each)  # it is this checkout
    assert "1 distribution with needs, 1 package to install" in first
    assert "\nlibpq5\n" in first
    assert 'installs = [\n    "libpq5",\n]' in (tmp_path / "sysdeps.lock").read_text()
    output_of(COMMIT)
    assert "changes in the install line: +libmagic1 (python-magic, dlopen)" in "".join(map(output_of, after))
