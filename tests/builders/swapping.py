"""Somebody who renames folders without a pause, while others read them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SWAP = """
import ctypes, os, sys
place, other, kept = sys.argv[1:]
exchange = getattr(ctypes.CDLL(None), "renameat2", None)
print("ready", flush=True)
while exchange is not None:
    exchange(-100, os.fsencode(place), -100, os.fsencode(other), 2)
while True:
    os.rename(place, kept)
    os.rename(other, place)
    os.rename(place, other)
    os.rename(kept, place)
"""
"""By renameat2(2) with AT_FDCWD and RENAME_EXCHANGE at once, where the C library has it."""


def swap(place: Path, other: Path) -> None:
    """Swap two names."""
    kept = place.with_name("kept")
    place.rename(kept)
    other.rename(place)
    kept.rename(other)


@contextmanager
def swapped_without_pause(place: Path, other: Path) -> Iterator[None]:
    """Swap two names of one folder in another process until the block ends."""
    command = [sys.executable, "-S", "-c", _SWAP, *map(str, (place, other, place.with_name("kept")))]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            process.kill()
