"""Detect missing symbol versions, for which ld.so stops a program before it starts.

Source: ld.so(8); glibc elf/dl-version.c, _dl_check_map_versions; LSB Core, "Symbol Versioning".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pip_sysdeps.model.loader import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.model.loader import LoadedObject


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionGap:
    """A needed symbol version that its library does not define."""

    file: str
    """The object that needs it, as it was opened."""
    soname: str
    """The needed name."""
    version: str
    """`GLIBC_2.38`, `GLIBCXX_3.4.32`, ..."""
    provider: str
    """The file that was found for the name."""
    weak: bool
    """Whether the loader only warns: for a weak reference, or a provider without version definitions."""


def version_gaps(
    objects: Iterable[LoadedObject],
    *,
    facts: Callable[[str], ElfFile | None],
    defined: Callable[[str], frozenset[str] | None],
) -> tuple[VersionGap, ...]:
    """Return each gap among loaded objects once, sorted by file, name and version.

    `facts(path)` reads an object. `defined(path)` returns the versions that a library defines, or None without
    version definitions.
    """
    once = cache(defined)
    gaps = {gap for loaded in objects for gap in _gaps(loaded, facts, once)}
    return tuple(sorted(gaps, key=lambda gap: (gap.file, gap.soname, gap.version, gap.provider)))


def _gaps(
    loaded: LoadedObject, facts: Callable[[str], ElfFile | None], defined: Callable[[str], frozenset[str] | None]
) -> Iterator[VersionGap]:
    elf = facts(loaded.path)
    providers = {answer.soname: answer.path for answer in loaded.needs if isinstance(answer, Found)}
    for need in () if elf is None else elf.version_needs:
        provider = providers.get(need.soname)
        versions = None if provider is None else defined(provider)
        if provider is not None and need.version not in (versions or ()):
            yield VersionGap(
                file=loaded.path,
                soname=need.soname,
                version=need.version,
                provider=provider,
                weak=need.weak or versions is None,
            )
