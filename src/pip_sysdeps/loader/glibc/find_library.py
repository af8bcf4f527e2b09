"""Predict `ctypes.util.find_library` in a root with glibc, without running programs.

The function runs `/sbin/ldconfig -p`, which prints ld.so.cache, then a compiler or linker with objdump. Without any of
them, it returns None, although the loader finds the library. Source: CPython's Lib/ctypes/util.py.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pip_sysdeps.loader.find_library import has_linker
from pip_sysdeps.loader.glibc.ldconfig import read_cache

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.system.root import Root


class FindLibrary:
    """A finder for one root."""

    reason = "there is neither ldconfig nor a compiler"
    fixed_by = "ldconfig"

    def __init__(self, root: Root) -> None:
        self._root = root

    @property
    def uses_cache(self) -> bool:
        """Whether it has a program to run: then a library that it does not find is not in the cache."""
        return self._has_compiler or self._root.is_file("/sbin/ldconfig")

    def finds(self, names: Iterable[str]) -> bool:
        """Return whether an existing library is found under any of its names; always True with a compiler."""
        return self._has_compiler or (self.uses_cache and bool(self._cached_sonames.intersection(names)))

    @cached_property
    def _cached_sonames(self) -> frozenset[str]:
        return frozenset(entry.soname for entry in read_cache(self._root))

    @cached_property
    def _has_compiler(self) -> bool:
        return has_linker(self._root)
