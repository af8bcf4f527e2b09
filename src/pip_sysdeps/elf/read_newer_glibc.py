"""Find the files that need a newer glibc than a system has, with a symbol as evidence."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.elf.glibc_versions import newest_glibc, version_key
from pip_sysdeps.elf.symbols import undefined_names
from pip_sysdeps.model.elf import ElfFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.elf.read_objects import Objects


class NewerGlibc(NamedTuple):
    """A file that needs a newer glibc."""

    file: str
    """Its path."""
    version: str
    """The glibc that it needs: `2.28`."""
    symbol: str
    """The first symbol of that version, `fcntl64@GLIBC_2.28`; only the version if no symbol can be read."""


def newer_glibc(objects: Objects, files: Iterable[str], glibc: str) -> NewerGlibc | None:
    """Return the file that needs the newest glibc, if it is newer than a system's; otherwise None.

    Of several such files, the first by path is returned. If the system's glibc is unknown, the result is None.
    """
    needed = {
        file: version
        for file in sorted(files)
        if isinstance(elf := objects.facts(file), ElfFile) and (version := newest_glibc([elf]))
    }
    newer = {
        file: required for file, required in needed.items() if glibc and version_key(required) > version_key(glibc)
    }
    if not newer:
        return None
    file = max(newer, key=lambda required: version_key(newer[required]))
    name = f"GLIBC_{newer[file]}"
    symbols = objects.query(file, partial(undefined_names, versions=frozenset({name})))
    return NewerGlibc(file=file, version=newer[file], symbol=min(symbols or (name,)))
