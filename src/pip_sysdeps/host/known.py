"""The shipped knowledge file, read when it is first asked for."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.model import ReferenceKind
from pip_sysdeps.naming.knowledge import Known, parse_known
from pip_sysdeps.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "known.toml")
TYPELIBS = "/usr/lib/*/girepository-1.0/*.typelib"


@cache
def known() -> Mapping[str, tuple[Known, ...]]:
    """Return the entries by distribution."""
    with open(_FILE, encoding="utf-8") as file:
        entries = parse_known(parse_toml(file.read()))
    return {each.distribution: tuple(e for e in entries if e.distribution == each.distribution) for each in entries}


def known_files() -> frozenset[str]:
    """Return the patterns of files that an index has to answer."""
    every = (each for entries in known().values() for each in entries)
    return frozenset(name for each in every if each.kind is ReferenceKind.FILE for name in each.names)
