"""An interactive zsh on a terminal of its own, with the completions of a folder."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READY = "ready-for-tab"
SECONDS = 20
"""The longest wait for the shell."""


def press_tab(completions: Path, line: str) -> str:
    """Type a line and the Tab key; return what the terminal then shows, the line among it."""
    with _zsh() as terminal:
        _type(terminal, f"fpath=({completions} $fpath); autoload -Uz compinit; compinit -u -D\n")
        _type(terminal, "print ready-''for-tab\n")
        _shown(terminal, READY)
        _type(terminal, f"{line}\t")
        return _shown(terminal)


@contextmanager
def _zsh() -> Iterator[int]:
    """Start a shell without the user's settings; give its terminal, and close that at the end."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "dumb"}
    shell = subprocess.Popen(
        ["zsh", "-f", "-i"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    try:
        yield ours
    finally:
        shell.kill()
        shell.wait()
        os.close(theirs)
        os.close(ours)


def _type(terminal: int, text: str) -> None:
    os.write(terminal, text.encode())


def _shown(terminal: int, end: str = "") -> str:
    """Return what is shown up to `end`; without that, until the shell has been silent for two seconds."""
    shown, last = "", time.monotonic() + SECONDS
    while time.monotonic() < last and not (end and end in shown):
        ready, _, _ = select.select([terminal], [], [], SECONDS if end or not shown else 2)
        if not ready:
            break
        shown += os.read(terminal, 4096).decode(errors="replace")
    return shown
