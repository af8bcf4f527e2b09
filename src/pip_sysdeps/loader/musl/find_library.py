"""Predict `ctypes.util.find_library` in a root with musl, without running programs.

There is no ld.so.cache, and the ldconfig of Alpine's musl-utils has no `-p`. So CPython's own code needs a compiler
or linker, which need the link of the development package (`libmagic.so`). Alpine and other distributions patch it to
search folders instead. Source: CPython's Lib/ctypes/util.py; main/python3/musl-find_library.patch of aports.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from pip_sysdeps.loader.find_library import has_linker
from pip_sysdeps.loader.musl.config import DEFAULT_DIRECTORIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.system.root import Root

_MAX_MODULE = 1 << 20
_PATCHED = re.compile(rb"\bmusl\b|\bglob\b")
"""Words of a patched module; CPython's own, 3.6 to 3.14, has none of them."""


class FindLibrary:
    """A finder for one Python in one root."""

    uses_cache = False
    fixed_by = ""

    def __init__(self, root: Root, standard_library: str) -> None:
        """Set the Python of a root, by the folder of its standard library: `/usr/lib/python3.12`."""
        self._root = root
        self._module = f"{standard_library}/ctypes/util.py"

    @property
    def reason(self) -> str:
        """Why an existing library is not found."""
        if self._is_patched:
            return f"this Python searches only {', '.join(DEFAULT_DIRECTORIES)}"
        return (
            "this Python needs a compiler and the development package's link without a version, since musl has no "
            "ldconfig"
        )

    def finds(self, names: Iterable[str]) -> bool:
        """Return whether an existing library is found under any of its names."""
        if self._is_patched:
            return any(map(self._exists, names))
        return has_linker(self._root) and any(self._exists(f"{name.partition('.so')[0]}.so") for name in names)

    def _exists(self, name: str) -> bool:
        return any(self._root.is_file(f"{folder}/{name}") for folder in DEFAULT_DIRECTORIES)

    @cached_property
    def _is_patched(self) -> bool:
        try:
            return _PATCHED.search(self._root.read(self._module, _MAX_MODULE)) is not None
        except OSError:
            return False
