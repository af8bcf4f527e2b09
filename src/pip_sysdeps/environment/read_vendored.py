"""Read the files of a distribution to find the libraries that they are or contain."""

from __future__ import annotations

import posixpath
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
"""Bytes of the data of one file that are looked at; those of the largest wheels have 10 MB."""
_MAX_ALL = 1 << 30
"""The same for all files of one distribution."""


def read_vendored(
    objects: Objects, distribution: Distribution, files: Iterable[str], libraries: Collection[str]
) -> tuple[VendoredLibrary, ...]:
    """Return the libraries in the ELF files of a distribution, sorted by file.

    `libraries` are those of `files` that it vendors for others to load, relative to its base.
    """
    return tuple(_found(objects, distribution, files, libraries))


def _found(
    objects: Objects, distribution: Distribution, files: Iterable[str], libraries: Collection[str]
) -> Iterator[VendoredLibrary]:
    left = _MAX_ALL
    for path in sorted(files):
        data = objects.query(path, partial(loaded_data, limit=min(left, _MAX_CONTENT))) or b""
        left -= len(data)
        below = posixpath.relpath(path, distribution.base)
        elf = objects.facts(path)
        file = VendoredFile(
            path=below,
            holder=distribution.name,
            is_library=below in libraries,
            needed=elf.needed if isinstance(elf, ElfFile) else (),
        )
        yield from identify(file, data, rules())


@cache
def rules() -> tuple[Rule, ...]:
    """Return the shipped rules."""
    with open(shipped("vendored.toml"), encoding="utf-8") as file:
        return parse_rules(parse_toml(file.read()))
