"""Read the shipped knowledge file and the file of companions, on first use."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pip_sysdeps.byname.companions import Companion, parse_companions
from pip_sysdeps.byname.knowledge import Known, parse_known, sqlite_extension, typelib
from pip_sysdeps.byname.read_modules import split_modules
from pip_sysdeps.model.needs import ReferenceKind
from pip_sysdeps.system.shipped import read_shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@cache
def _document() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the file's content: the entries of each distribution, by normalized name."""
    document: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(read_shipped("known.json"))
    return document


def known_of(distribution: str) -> tuple[Known, ...]:
    """Return the entries of one distribution, about its needs and its own objects."""
    return parse_known(distribution, _document().get(distribution, ()))


@cache
def known() -> Mapping[str, tuple[Known, ...]]:
    """Return all entries, by distribution."""
    return {distribution: known_of(distribution) for distribution in _document()}


@cache
def companions() -> Mapping[str, tuple[Companion, ...]]:
    """Return the companions of each library and program, by soname or name."""
    found: dict[str, tuple[Companion, ...]] = {}
    for each in parse_companions(json.loads(read_shipped("companions.json"))):
        found.update((name, (*found.get(name, ()), each)) for name in each.of)
    return found


def known_files() -> frozenset[str]:
    """Return the file patterns that an index has to contain: of both files, modules, typelibs and extensions."""
    every = (
        *((each.kind, each.names) for entries in known().values() for each in entries),
        *((each.kind, each.names) for entries in companions().values() for each in entries),
    )
    named = (name for kind, names in every if kind is ReferenceKind.FILE for name in names)
    split = (each.file for each in split_modules().values())
    return frozenset((*named, *split, typelib("**"), sqlite_extension("mod_**")))
