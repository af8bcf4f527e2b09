"""A terminal for tests: a pty, and the screen that what is written to it gives."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PARTS = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b[78]|[\r\n\b]|[^\x1b\r\n\b]+")
"""Control sequences (ECMA-48), single controls, and text."""


_IN_SESSION = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Makes the terminal that of a new session, so that Ctrl-C reaches the command and what it has started."""
_LONGEST = 120
CTRL_C = b"\x03"


class Shown(NamedTuple):
    """What a command showed."""

    status: int
    """Its exit status; negative for a signal."""
    raw: str
    """All that it wrote."""
    screen: tuple[str, ...]
    """The lines that are left at the end, without those that are empty at its end."""


def screen_of(raw: str, columns: int) -> tuple[str, ...]:
    """Return the lines of a terminal that got this text: colours are left out, long lines are wrapped."""
    lines, row, column = [""], 0, 0
    for match in _PARTS.finditer(raw):
        part, code = match[0], match[2]
        if code == "K":
            lines[row] = lines[row][:column]
        elif code or part in {"\x1b7", "\x1b8"}:
            assert code in {None, "m", "h", "l"}, f"{part!r} is not known here"
        elif part == "\r":
            column = 0
        elif part == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif part == "\b":
            column = max(0, column - 1)
        else:
            for letter in part:
                if column == columns:
                    row, column = row + 1, 0
                    lines += [""] * (row + 1 - len(lines))
                lines[row] = f"{lines[row][:column]:{column}}{letter}{lines[row][column + 1 :]}"
                column += 1
    while lines and not lines[-1].strip():
        lines.pop()
    return tuple(line.rstrip() for line in lines)


def run_on_terminal(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    columns: int = 80,
    typed: tuple[str, bytes] = ("", b""),
) -> Shown:
    """Run a command with all its streams on a terminal of 24 rows, its own session's.

    `typed` has a text that the command shows, and what is typed then, such as CTRL_C.
    """
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-c", _IN_SESSION, *command], stdin=its, stdout=its, stderr=its, env=dict(environ)
    ) as process:
        os.close(its)
        timer = threading.Timer(_LONGEST, process.kill)
        timer.start()
        content = _conversation(ours, *typed)
        process.wait()
        timer.cancel()
    os.close(ours)
    raw = content.decode("utf-8", "replace").replace("\r\n", "\n\r")
    return Shown(process.returncode, raw, screen_of(raw, columns))


def _conversation(terminal: int, awaited: str, answer: bytes) -> bytes:
    """Return all that is written to a terminal, and type once what is to be typed."""
    content = b""
    with suppress(OSError):  # EIO: the other side is closed
        while True:
            content += os.read(terminal, 1 << 16)
            if answer and awaited.encode() in content:
                os.write(terminal, answer)
                answer = b""
    return content
