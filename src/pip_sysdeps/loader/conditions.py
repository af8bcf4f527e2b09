"""Under which conditions the loader is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a run of the loader depends on besides the root."""

    library_path: tuple[str, ...] = ()
    """The elements of LD_LIBRARY_PATH."""
    cache_as_is: bool = False
    """With ld.so.cache as it is; otherwise as a run of ldconfig would write it."""
    this_cpu: bool = False
    """With the libraries that this machine's CPU has of its own; otherwise the answers hold on every CPU."""


USUAL = Conditions()
"""Those of a lock."""
