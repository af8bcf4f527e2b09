"""Show the progress of a slow command on a terminal."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TextIO

    from pip_sysdeps.cli.messages import Messages

DELAY = 2.0
"""Seconds until the progress of a command is shown."""
_PAUSE = 0.2
"""Seconds between two updates."""
_CLEAR = "\r\x1b[K"
"""Move to the start of the line, and erase it (EL). Source: ECMA-48 8.3.41."""


@contextmanager
def shown_progress(messages: Messages, environ: Mapping[str, str]) -> Iterator[None]:
    """Show the task of a command that takes more than two seconds, if messages go to a terminal.

    A timer draws the line, independently of the work. The line is removed when its task ends, and before a message.
    With `-q`, or if the timer is in use, nothing is shown.
    """
    if messages.level < 0 or not _is_terminal(messages.stream, environ):
        yield
        return
    from pip_sysdeps.system.progress import call_at_task_end  # noqa: PLC0415 - on a terminal only

    line = ProgressLine(messages.stream.fileno())
    messages.before = line.clear
    with call_at_task_end(line.clear), _timer(line):
        yield


class ProgressLine:
    """The progress line. It is written without a buffer, because the timer may interrupt any other write."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._drawn = ""

    def draw(self) -> None:
        """Show the current task."""
        from pip_sysdeps.system.progress import current  # noqa: PLC0415 - as above

        task = current()
        text = printable(str(task))[: self._width()] if task else ""
        if text != self._drawn:
            self._write(_CLEAR + text)
            self._drawn = text

    def clear(self) -> None:
        """Remove the line."""
        if self._drawn:
            self._write(_CLEAR)
            self._drawn = ""

    def _width(self) -> int:
        """Return the number of columns except the last, because writing there wraps on some terminals."""
        try:
            return max(0, os.get_terminal_size(self._terminal).columns - 1) or 79
        except OSError:
            return 79

    def _write(self, text: str) -> None:
        try:
            os.write(self._terminal, text.encode("ascii", "replace"))
        except OSError:
            self._drawn = ""


@contextmanager
def _timer(line: ProgressLine) -> Iterator[None]:
    """Draw the line with a timer, unless SIGALRM is in use. Source: setitimer(2)."""
    import signal  # noqa: PLC0415 - on a terminal only

    if not hasattr(signal, "setitimer") or signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        yield
        return
    try:
        signal.signal(signal.SIGALRM, lambda *_: line.draw())
    except ValueError:  # not in the main thread
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, DELAY, _PAUSE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        line.clear()


def _is_terminal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    try:
        return environ.get("TERM", "dumb") != "dumb" and stream.isatty()
    except ValueError:  # closed
        return False
