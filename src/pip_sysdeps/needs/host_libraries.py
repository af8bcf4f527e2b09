"""Parse the list of libraries that a driver or the container runtime provides: `data/host_libraries.txt`."""

from __future__ import annotations

from typing import NamedTuple

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.system.shipped import table_lines


class HostLibrary(NamedTuple):
    """A library from the host, in any version."""

    name: str
    """Its file name up to and including `.so`."""
    note: str
    """Its provider, for messages."""
    source: str
    """Where this is documented."""


def parse_host_libraries(text: str) -> dict[str, HostLibrary]:
    """Parse the list: name, note and source separated by tabs; `#` begins a comment line.

    Raise MalformedError for a line with another number of columns, and for a repeated name.
    """
    libraries: dict[str, HostLibrary] = {}
    for number, line in table_lines(text):
        columns = line.split("\t")
        if len(columns) != 3 or not all(columns) or columns[0] in libraries:
            raise MalformedError("not a new name, a note and a source", where=f"line {number}")
        libraries[columns[0]] = HostLibrary(name=columns[0], note=columns[1], source=columns[2])
    return libraries


def find_host_library(soname: str, libraries: dict[str, HostLibrary]) -> HostLibrary | None:
    """Return the entry for a soname: `libcuda.so.1` is `libcuda.so`, with any version."""
    stem, suffix, version = soname.partition(".so")
    return libraries.get(stem + suffix) if version[:1] in {"", "."} else None
