"""What a command that takes long shows on a terminal: where it is; and nothing elsewhere."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.small_debian import small_debian
from builders.system import VENV

if TYPE_CHECKING:
    from pathlib import Path

SLOW = """
import sys, time
import pip_sysdeps.cli.progress as shown
from pip_sysdeps.elf.read_objects import Objects
shown.PATIENCE, shown._PAUSE = {patience}, 0.01
facts = Objects.facts
Objects.facts = lambda *arguments: time.sleep({sleep}) or facts(*arguments)
from pip_sysdeps.cli import main
sys.argv[0] = "pip-sysdeps"
sys.exit(main())
"""
"""The command with a disk on which each object takes its time, and less patience than two seconds."""
CLEAR = "\r\x1b[K"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the small Debian."""
    return small_debian(tmp_path_factory.mktemp("debian") / "root")


def on_a_terminal(root: Path, folder: Path, *options: str, sleep: float, patience: float = 0.05) -> tuple[str, str]:
    """Run `lock` with stderr on a terminal of 60 columns; return what that shows, and the lock."""
    ours, its = pty.openpty()
    os.set_blocking(ours, False)
    where = ("lock", "--root", str(root), "--python", VENV, "-o", str(folder / "sysdeps.lock"))
    program = SLOW.format(sleep=sleep, patience=patience)
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", program, *where, *options], stderr=its, stdout=subprocess.PIPE, env=environment
    ) as process:
        os.close(its)
        shown = _read(ours, process)
    os.close(ours)
    assert process.returncode == 0, shown
    return shown, (folder / "sysdeps.lock").read_text()


def _read(terminal: int, process: subprocess.Popen[bytes]) -> str:
    """Return all that a process writes to a terminal."""
    content = b""
    while True:
        ended = process.poll() is not None
        try:
            content += os.read(terminal, 1 << 16)
        except BlockingIOError:
            pass
        except OSError:  # EIO: the other side is closed
            break
        if ended:
            break
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    return content.decode()


def test_a_terminal_shows_what_is_counted(root: Path, tmp_path: Path) -> None:
    """The line is drawn over itself, and is gone before the message at the end."""
    shown, _ = on_a_terminal(root, tmp_path, sleep=0.4)
    assert f"{CLEAR}reading objects: 1 of 4{CLEAR}reading objects: 2 of 4{CLEAR}" in shown, shown
    before, _, message = shown.rpartition(CLEAR)
    assert "\n" not in before
    assert message.startswith("wrote "), shown


def test_what_is_quick_shows_nothing(root: Path, tmp_path: Path) -> None:
    """Nor does a command that is to be quiet."""
    shown, _ = on_a_terminal(root, tmp_path, sleep=0, patience=2)
    assert CLEAR not in shown
    assert on_a_terminal(root, tmp_path, "-q", sleep=0.2)[0] == ""


@pytest.mark.parametrize("term", ["xterm", "dumb", None])
def test_nothing_without_a_terminal(root: Path, tmp_path: Path, term: str | None) -> None:
    """In a pipe, as in CI, whatever TERM says; the lock is the same."""
    environment = {name: value for name, value in os.environ.items() if name != "TERM"} | (
        {"TERM": term} if term else {}
    )
    command = [sys.executable, "-c", SLOW.format(sleep=0.2, patience=0.05), "lock", "--root", str(root)]
    command += ["--python", VENV, "-o", str(tmp_path / "sysdeps.lock")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "\r" not in done.stderr + done.stdout
    assert "\x1b" not in done.stderr + done.stdout
    assert (tmp_path / "sysdeps.lock").read_text() == on_a_terminal(root, tmp_path, sleep=0)[1]
