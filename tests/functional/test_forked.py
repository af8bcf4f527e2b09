"""A command in a forked process (`builders.forked`) is what a started one is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.forked import run_forked
from builders.system import place

if TYPE_CHECKING:
    from pathlib import Path

IN_PYTHON = (
    "import os, signal, sys; print(os.getcwd(), sorted(os.listdir('/proc/self/fd')), os.environ.get('OTHER'), "
    "[signal.getsignal(each) for each in (signal.SIGINT, signal.SIGPIPE, signal.SIGALRM)], sys.stdin.read())"
)
COMMANDS = {
    "version": ("--version",),
    "help": ("lock", "--help"),
    "mistake": ("lok",),
    "lock": ("lock", "ROOT", "-v"),
    "findings": ("audit", "ROOT"),
    "missing environment": ("lock", "--python", "nowhere"),
    "run": ("run", "ROOT", "--", sys.executable, "-c", IN_PYTHON),
    "status of another program": ("run", "--python", "nowhere", "--", "sh", "-c", "umask; exit 7"),
    "signal of another program": ("run", "--python", "nowhere", "--", "sh", "-c", "kill -TERM $$"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_forked_command(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Status, output and files are those of `python -m pip_sysdeps` in the same folder, with the same variables."""
    monkeypatch.setenv("OTHER", "variable")
    argv = [word for part in COMMANDS[name] for word in (place(root) if part == "ROOT" else [part])]
    before = os.umask(0o027)
    try:
        (tmp_path / "work").mkdir()
        forked = run_forked(*argv, cwd=tmp_path / "work", stdin="input")
        (tmp_path / "work").rename(tmp_path / "forked")
        (tmp_path / "work").mkdir()
        done = started(*argv, cwd=tmp_path / "work")
    finally:
        os.umask(before)
    assert forked[:3] == (done.returncode, done.stdout, done.stderr)
    assert written(tmp_path / "forked") == written(tmp_path / "work")


def started(*argv: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user starts it."""
    command = [sys.executable, "-m", "pip_sysdeps", *argv]
    variables = dict(os.environ)  # not those that a C library has set behind Python's back
    return subprocess.run(
        command, cwd=cwd, env=variables, input="input", capture_output=True, text=True, check=False, timeout=60
    )


def written(folder: Path) -> list[tuple[str, int, bytes]]:
    """Return the files of a folder, with modes and contents."""
    return [(each.name, each.stat().st_mode, each.read_bytes()) for each in sorted(folder.iterdir())]


def test_a_command_without_end(root: Path, tmp_path: Path) -> None:
    """It is killed, and the next one is answered."""
    endless = run_forked("run", *place(root), "--", "sleep", "60", cwd=tmp_path, longest=0.2)
    assert endless.returncode == -signal.SIGKILL
    assert run_forked("--version", cwd=tmp_path).returncode == 0
