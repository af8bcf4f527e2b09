"""The shipped knowledge file, read when it is first asked for."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.model import ReferenceKind
from pip_sysdeps.naming.knowledge import Known, parse_known
from pip_sysdeps.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "known.toml")
TYPELIBS = "/usr/lib/*/girepository-1.0/*.typelib"


_TABLE = "[[need]]\n"
_NAME = re.compile(r'distribution = "([^"]*)"')


def known_of(distribution: str) -> tuple[Known, ...]:
    """Return the entries of one distribution; the rest is not parsed: that takes a fifth of a small lock."""
    text = _tables().get(distribution)
    return parse_known(parse_toml(text)) if text else ()


@cache
def _tables() -> Mapping[str, str]:
    """Return the text of each distribution's entries."""
    with open(_FILE, encoding="utf-8") as file:
        tables = file.read().split(f"\n{_TABLE}")[1:]
    found: defaultdict[str, str] = defaultdict(str)
    for table in tables:
        match = _NAME.match(table)
        if match is None:
            raise MalformedError("an entry begins with its distribution", where=table.partition("\n")[0]).at(_FILE)
        found[match[1]] += f"{_TABLE}{table}\n"
    return found


@cache
def known() -> Mapping[str, tuple[Known, ...]]:
    """Return all entries by distribution."""
    return {distribution: known_of(distribution) for distribution in _tables()}


def known_files() -> frozenset[str]:
    """Return the patterns of files that an index has to answer."""
    every = (each for entries in known().values() for each in entries)
    return frozenset(name for each in every if each.kind is ReferenceKind.FILE for name in each.names)
