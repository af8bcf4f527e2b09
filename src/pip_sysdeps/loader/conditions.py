"""The inputs of a loader run besides the root."""

from __future__ import annotations

from typing import NamedTuple


class Conditions(NamedTuple):
    """The conditions of a loader run besides the root."""

    library_path: tuple[str, ...] = ()
    """The elements of LD_LIBRARY_PATH."""
    current_cache: bool = False
    """Whether to use the current ld.so.cache; otherwise, the one that ldconfig would write now."""
    cpu_libraries: bool = False
    """Whether to use libraries for this machine's CPU; otherwise, the results are valid on every CPU."""


DEFAULT_CONDITIONS = Conditions()
"""The conditions of a lock."""
