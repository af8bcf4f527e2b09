"""Detect missing symbols, for which ld.so stops an import with "undefined symbol".

Python imports with RTLD_NOW: all symbols of a module and its libraries are required before it runs. Which object
provides a symbol depends on what was loaded before, and how (RTLD_GLOBAL), so only a symbol that no object defines
counts as missing. Source: dlopen(3); CPython, Python/pystate.c, `dlopenflags`; glibc elf/dl-lookup.c.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolGap:
    """The symbols that an object needs and nothing defines."""

    file: str
    """The object, by its real path."""
    symbols: tuple[str, ...]
    """Their names, sorted."""


def symbol_gaps(
    files: Iterable[str],
    others: Iterable[str],
    *,
    required: Callable[[str], frozenset[str]],
    defined: Callable[[str], frozenset[str] | None],
) -> tuple[SymbolGap, ...]:
    """Return the missing symbols of files that imports load, sorted by file.

    `others` has all objects that may define them, the most likely first. `required(path)` returns the symbols that an
    object needs, `defined(path)` those that it defines, or None if unknown; then no symbol counts as missing.
    """
    needs = {path: required(path) for path in files}
    missing = set[str]().union(*needs.values())
    for path in others:
        if not missing:
            break
        names = defined(path)
        if names is None:
            return ()
        missing -= names
    still_missing = frozenset(missing)  # a set that lost its items is as slow to go through as it was
    gaps = {path: tuple(sorted(still_missing & names)) for path, names in sorted(needs.items())}
    return tuple(SymbolGap(file=path, symbols=symbols) for path, symbols in gaps.items() if symbols)
