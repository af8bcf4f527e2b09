"""Find vendored and statically linked libraries in the files of a distribution."""

from __future__ import annotations

import posixpath
from collections import Counter
from functools import cache, partial
from typing import TYPE_CHECKING

from pip_sysdeps.elf.data import loaded_data
from pip_sysdeps.environment.vendored import VendoredFile, identify, parse_rules
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.system.shipped import shipped
from pip_sysdeps.system.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.environment.vendored import Rule, VendoredLibrary
    from pip_sysdeps.model.environment import Distribution

_MAX_CONTENT = 32 << 20
"""Limit on the data bytes of one file; files of the largest wheels have 10 MB."""
_MAX_ALL = 1 << 30
"""Limit on the data bytes of all files of one distribution."""
_MAX_READS = 16
"""Limit on reads of one file, which hard links may give a thousand names."""


class VendoredFiles:
    """Reads the files of the distributions of one environment within limits."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._reads: Counter[tuple[int, int]] = Counter()

    def read(
        self, distribution: Distribution, files: Iterable[str], libraries: Collection[str]
    ) -> tuple[VendoredLibrary, ...]:
        """Return the libraries in the ELF files of a distribution, sorted by file.

        `libraries` has those of `files` that are vendored libraries, relative to its base.
        """
        return tuple(self._found(distribution, files, libraries))

    def _found(
        self, distribution: Distribution, files: Iterable[str], libraries: Collection[str]
    ) -> Iterator[VendoredLibrary]:
        left = _MAX_ALL
        for path in sorted(files):
            data = self._data(path, min(left, _MAX_CONTENT))
            left -= len(data)
            below = posixpath.relpath(path, distribution.base)
            elf = self._objects.facts(path)
            file = VendoredFile(
                path=below,
                holder=distribution.name,
                is_library=below in libraries,
                needed=elf.needed if isinstance(elf, ElfFile) else (),
            )
            yield from identify(file, data, rules())

    def _data(self, path: str, limit: int) -> bytes:
        """Return the data of a file; empty if it was already read under many other names."""
        opened = self._objects.open(path)
        if opened is not None:
            self._reads[opened.identity] += 1
            if self._reads[opened.identity] > _MAX_READS:
                return b""
        return self._objects.query(path, partial(loaded_data, limit=limit)) or b""


@cache
def rules() -> tuple[Rule, ...]:
    """Return the shipped rules."""
    with open(shipped("vendored.toml"), encoding="utf-8") as file:
        return parse_rules(parse_toml(file.read()))
