"""What root may beyond the permissions of files, given up or kept by this process.

So a test that runs as root sees what others see, wherever the checkout lies: nobody could not read one below /root.
Source: capabilities(7), capget(2).
"""

from __future__ import annotations

import ctypes
import os

_VERSION_3 = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1 << 1, 1 << 2
_Words = ctypes.c_uint32 * 6
"""Effective, permitted and inheritable sets, first of the lower 32 capabilities, then of the others."""


def obey_permissions() -> None:
    """Drop the capabilities that override permissions, so that they bind root too."""
    _set_effective(without=_DAC_OVERRIDE | _DAC_READ_SEARCH)


def ignore_permissions() -> None:
    """Restore the capabilities that override permissions."""
    _set_effective(add=_DAC_OVERRIDE | _DAC_READ_SEARCH)


def read_everything() -> None:
    """Allow a process that root started to read everything after seteuid(2)."""
    _set_effective(add=_DAC_READ_SEARCH)


def _set_effective(*, add: int = 0, without: int = 0) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header, words = (ctypes.c_uint32 * 2)(_VERSION_3, 0), _Words()
    if libc.capget(header, words) == 0:
        words[0] = (words[0] | add) & ~without
        if libc.capset(header, words) == 0:
            return
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
