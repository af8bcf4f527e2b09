"""Standard output, for all results."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pip_sysdeps.cli.messages import wants_colour
from pip_sysdeps.printing import safe_lines

if TYPE_CHECKING:
    from typing import TextIO

    from pip_sysdeps.render.terminal import Terminal

_PIPED_WIDTH = 100
"""Width in columns if stdout is not a terminal and COLUMNS is not set."""
_LINE_CHARACTERS = "│└├→"


def terminal() -> Terminal:
    """Return the width and colours of stdout."""
    import shutil  # noqa: PLC0415 - slow to import, and not needed by `apt-line`

    from pip_sysdeps.render.terminal import Terminal  # noqa: PLC0415

    width, _ = shutil.get_terminal_size((_PIPED_WIDTH, 24))
    return Terminal(width=width, colour=wants_colour(sys.stdout, os.environ), lines=_can_draw(sys.stdout))


def write(text: str) -> None:
    """Write lines of a result, escaped so that they cannot control a terminal or a CI system.

    Characters that stdout's encoding lacks are escaped too.
    """
    shown = safe_lines(text, colour=wants_colour(sys.stdout, os.environ))
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(shown.encode(encoding, "backslashreplace").decode(encoding))


def write_document(text: str) -> None:
    """Write a JSON document of `render.document`, with characters that the encoding of stdout lacks escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = "".join(letter if letter.isascii() else _escape(letter) for letter in text)
    sys.stdout.write(text)


def _escape(letter: str) -> str:
    """Return a character as a JSON escape: one or two units of UTF-16. Source: RFC 8259, 7."""
    units = letter.encode("utf-16-be")
    return "".join(f"\\u{units[start : start + 2].hex()}" for start in range(0, len(units), 2))


def _can_draw(stream: TextIO) -> bool:
    try:
        _LINE_CHARACTERS.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
