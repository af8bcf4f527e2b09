"""Conditions of a loader run."""

from __future__ import annotations

from typing import NamedTuple


class Conditions(NamedTuple):
    """The conditions of a loader run besides the root."""

    library_path: tuple[str, ...] = ()
    """The elements of LD_LIBRARY_PATH."""
    cache_as_is: bool = False
    """Whether to use ld.so.cache as it is; otherwise as a run of ldconfig would write it."""
    this_cpu: bool = False
    """Whether to use libraries for this machine's CPU; otherwise the results hold on every CPU."""


USUAL = Conditions()
"""The conditions of a lock."""
