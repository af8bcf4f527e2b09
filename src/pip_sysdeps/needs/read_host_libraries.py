"""Read the shipped list of host libraries, on first use."""

from __future__ import annotations

from functools import cache

from pip_sysdeps.needs.host_libraries import HostLibrary, find_host_library, parse_host_libraries
from pip_sysdeps.system.shipped import read_shipped


def host_library(soname: str) -> str | None:
    """Return the provider of a host library, as in `comes with the NVIDIA driver`; None for other libraries."""
    found = find_host_library(soname, host_libraries())
    return None if found is None else found.note


@cache
def host_libraries() -> dict[str, HostLibrary]:
    """Return the shipped list: file name up to `.so` -> its entry."""
    return parse_host_libraries(read_shipped("host_libraries.txt"))
