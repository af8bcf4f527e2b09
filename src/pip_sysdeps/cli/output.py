"""Standard output as commands write to it: results in the width and the colours that it can show."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from pip_sysdeps.cli.messages import wants_colour
from pip_sysdeps.render.terminal import Terminal

if TYPE_CHECKING:
    from typing import TextIO

_PIPED_WIDTH = 100
"""Columns where stdout is no terminal and COLUMNS does not say."""
_DRAWN = "│└├→"


def terminal() -> Terminal:
    """Return what stdout can show."""
    width, _ = shutil.get_terminal_size((_PIPED_WIDTH, 24))
    return Terminal(width=width, colour=wants_colour(sys.stdout, os.environ), lines=_can_draw(sys.stdout))


def write(text: str) -> None:
    """Write a result; characters that the encoding of stdout lacks are escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _can_draw(stream: TextIO) -> bool:
    try:
        _DRAWN.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
