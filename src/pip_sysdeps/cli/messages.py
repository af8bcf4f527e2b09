"""Messages on stderr: errors with hints, warnings, notes."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from pip_sysdeps.printing import printable, without_log_commands

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from pip_sysdeps.system.timings import Stages

_RED, _YELLOW, _CYAN, _PLAIN = "\x1b[31;1m", "\x1b[33;1m", "\x1b[36m", "\x1b[0m"


class Messages:
    """A stream for messages, in colour on a terminal.

    `level` is -1 for errors only, 0, 1 for details, or 2 for timings too. Names come from untrusted files: characters
    that could control the terminal or a CI system are escaped.
    """

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        self.stream = stream
        self.before: Callable[[], None] = lambda: None
        """Called before each line."""
        self._colour = wants_colour(stream, environ)
        self.level = 0

    def error(self, text: str, *, hint: str = "") -> None:
        """Print an error and a hint."""
        self._line("error", _RED, text)
        if hint:
            self._line("hint", _CYAN, hint)

    def warning(self, text: str) -> None:
        """Print a warning."""
        if self.level >= 0:
            self._line("warning", _YELLOW, text)

    def note(self, text: str) -> None:
        """Print a result or a finding."""
        if self.level >= 0:
            self._line("", "", text)

    def detail(self, text: str) -> None:
        """Print a detail, with -v only."""
        if self.level > 0:
            self._line("", "", text)

    def debug(self, line: str) -> None:
        """Print a line of a traceback, at any level."""
        self._line("", "", line)

    def help(self, text: str) -> None:
        """Print the help of a command, at any level."""
        self._write(text)

    def times(self, stages: Stages) -> None:
        """Print how long each stage took."""
        for line in stages.report() if self.level > 1 else ():
            self._line("", "", line)

    def _line(self, label: str, colour: str, text: str) -> None:
        head = f"{colour}{label}{_PLAIN}: " if self._colour and label else f"{label}: " if label else ""
        self._write(f"{without_log_commands(head + printable(text))}\n")

    def _write(self, line: str) -> None:
        """Write a line; after a failure (a full disk, a closed pipe), write nothing more."""
        self.before()
        try:
            self.stream.write(line)
            self.stream.flush()
        except (OSError, ValueError):
            drop(self.stream)


def drop(stream: TextIO) -> None:
    """Redirect a broken stream to the null device, so that the interpreter's flush at exit is silent."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether to use colour: NO_COLOR, then FORCE_COLOR, then whether the stream is a terminal.

    Source: no-color.org, force-color.org.
    """
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or (environ.get("TERM") != "dumb" and stream.isatty())
