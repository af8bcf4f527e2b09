"""The entry of ld.so.cache that the loader uses. Source: glibc elf/dl-cache.c, search_cache and _dl_cache_libcmp."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pip_sysdeps.loader.glibc.cache_file import CacheEntry

_LEADING_ZEROS = r"(?<![0-9])0+(?=[0-9])"


def strip_zeros(name: str) -> str:
    """Return a name without leading zeros, which the cache ignores: `libx.so.01` is libx.so.1."""
    return re.sub(_LEADING_ZEROS, "", name) if "0" in name else name


def cache_lookup(
    entries: Iterable[CacheEntry], *, flags: tuple[int, ...], subfolders: tuple[str, ...] = ()
) -> Callable[[str], str | None]:
    """Return the loader's lookup in a cache.

    `flags` are those that the machine accepts, best first; `subfolders` are as in LoaderConfig. Of several entries for
    a name, those of a usable glibc-hwcaps folder come first, the best folder before others; then the order of the file
    counts.
    """
    named: dict[str, list[tuple[int, int, str]]] = {}
    for entry in entries:
        rank = _rank(entry, subfolders)
        if rank is not None and entry.flags in flags:
            ranked = (rank, flags.index(entry.flags), entry.path)
            named.setdefault(strip_zeros(entry.soname), []).append(ranked)
    best = {name: min(ranked, key=lambda each: each[:2])[2] for name, ranked in named.items()}
    return lambda name: best.get(strip_zeros(name))


def _rank(entry: CacheEntry, subfolders: tuple[str, ...]) -> int | None:
    """Return the rank of an entry, 0 for the best, or None if this CPU cannot use it."""
    if entry.hwcaps:
        folder = f"glibc-hwcaps/{entry.hwcaps}"
        return subfolders.index(folder) if folder in subfolders else None
    if entry.hwcap:
        legacy = [each for each in subfolders if not each.startswith("glibc-hwcaps/")]
        return len(subfolders) if any(f"/{each}/" in entry.path for each in legacy) else None
    return len(subfolders)
