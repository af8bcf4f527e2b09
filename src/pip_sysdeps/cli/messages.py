"""What the tool says to the person, on stderr: errors with hints, warnings, notes."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from pip_sysdeps.printing import printable, without_log_commands

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from pip_sysdeps.system.timings import Stages

_RED, _YELLOW, _CYAN, _PLAIN = "\x1b[31;1m", "\x1b[33;1m", "\x1b[36m", "\x1b[0m"


class Messages:
    """Lines on a stream, in colour on a terminal.

    `level` is -1 for errors alone, 0, 1 for details, or 2 for the times of the stages too. Names come from files that
    are not trusted: whatever could steer the terminal or a CI system is escaped.
    """

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        self._stream = stream
        self._colour = wants_colour(stream, environ)
        self.level = 0

    def error(self, text: str, *, hint: str = "") -> None:
        """Say what went wrong, and what to do."""
        self._line("error", _RED, text)
        if hint:
            self._line("hint", _CYAN, hint)

    def warning(self, text: str) -> None:
        """Say what may surprise."""
        if self.level >= 0:
            self._line("warning", _YELLOW, text)

    def note(self, text: str) -> None:
        """Say what was done or found."""
        if self.level >= 0:
            self._line("", "", text)

    def detail(self, text: str) -> None:
        """Say what only those want to read who ask for it."""
        if self.level > 0:
            self._line("", "", text)

    def debug(self, line: str) -> None:
        """Write a line of a traceback, at any level: it was asked for."""
        self._line("", "", line)

    def times(self, stages: Stages) -> None:
        """Say where the time of a run went."""
        for line in stages.report() if self.level > 1 else ():
            self._line("", "", line)

    def _line(self, label: str, colour: str, text: str) -> None:
        head = f"{colour}{label}{_PLAIN}: " if self._colour and label else f"{label}: " if label else ""
        self._write(f"{without_log_commands(head + printable(text))}\n")

    def _write(self, line: str) -> None:
        """Write a line; where that cannot be (a full disk, a reader that is gone), do without messages from then on."""
        try:
            self._stream.write(line)
            self._stream.flush()
        except (OSError, ValueError):
            drop(self._stream)


def drop(stream: TextIO) -> None:
    """Send what a stream still holds nowhere, so that the interpreter's own flush at the end is silent."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Follow no-color.org and force-color.org: NO_COLOR, then FORCE_COLOR, then what the stream is."""
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or (environ.get("TERM") != "dumb" and stream.isatty())
