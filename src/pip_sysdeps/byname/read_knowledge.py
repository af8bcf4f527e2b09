"""The shipped knowledge file, read when it is first asked for."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from pip_sysdeps.byname.knowledge import Known, ObjectsKind, parse_known, sqlite_extension, typelib
from pip_sysdeps.byname.read_modules import split_modules
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.model.needs import ReferenceKind
from pip_sysdeps.system.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FILE = shipped("known.toml")
_NAME = re.compile(r'distribution = "([^"]*)"')


def known_of(distribution: str) -> tuple[Known, ...]:
    """Return the entries about what one distribution needs by name."""
    return tuple(each for each in _entries(distribution) if isinstance(each.kind, ReferenceKind))


def known_objects_of(distribution: str) -> tuple[Known, ...]:
    """Return the entries about one distribution's own objects."""
    return tuple(each for each in _entries(distribution) if isinstance(each.kind, ObjectsKind))


def _entries(distribution: str) -> tuple[Known, ...]:
    """Return all entries of one distribution; the rest is not parsed: that takes a fifth of a small lock."""
    return parse_known({"need": list(map(_values, _tables().get(distribution, ())))})


def _values(table: str) -> dict[str, Any]:
    """Read an entry: each is a line, whose value is one in JSON too, and to import tomllib takes longer than all else.

    A test holds the whole file to what TOML makes of it.
    """
    lines = (line.partition(" = ") for line in table.splitlines() if line and not line.startswith("#"))
    return {key: json.loads(value) for key, _, value in lines}


@cache
def _tables() -> Mapping[str, Sequence[str]]:
    """Return the text of each entry, by distribution."""
    with open(_FILE, encoding="utf-8") as file:
        tables = file.read().split("\n[[need]]\n")[1:]
    found: defaultdict[str, list[str]] = defaultdict(list)
    for table in tables:
        match = _NAME.match(table)
        if match is None:
            raise MalformedError("an entry begins with its distribution", where=table.partition("\n")[0]).at(_FILE)
        found[match[1]].append(table)
    return found


@cache
def known() -> Mapping[str, tuple[Known, ...]]:
    """Return all entries by distribution."""
    return {distribution: known_of(distribution) for distribution in _tables()}


@cache
def known_objects() -> Mapping[str, tuple[Known, ...]]:
    """Return all entries about objects by distribution."""
    return {distribution: known_objects_of(distribution) for distribution in _tables()}


def known_files() -> frozenset[str]:
    """Return the patterns of files that an index has to answer: of entries, modules, typelibs and extensions."""
    every = (each for entries in known().values() for each in entries)
    named = (name for each in every if each.kind is ReferenceKind.FILE for name in each.names)
    split = (each.file for each in split_modules().values())
    return frozenset((*named, *split, typelib("**"), sqlite_extension("mod_**")))
