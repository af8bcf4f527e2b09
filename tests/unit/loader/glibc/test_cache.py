"""Which entry of ld.so.cache the loader takes."""

from __future__ import annotations

import pytest

from pip_sysdeps.loader.glibc.cache import cache_lookup
from pip_sysdeps.loader.glibc.cache_file import CacheEntry

AMD64 = (0x303,)


def entry(path: str, *, soname: str = "libx.so.1", flags: int = 0x303, hwcap: int = 0, hwcaps: str = "") -> CacheEntry:
    """Return an entry for libx.so.1 on x86-64."""
    return CacheEntry(soname=soname, path=path, flags=flags, hwcap=hwcap, hwcaps=hwcaps)


V3, V2 = "glibc-hwcaps/x86-64-v3", "glibc-hwcaps/x86-64-v2"


@pytest.mark.parametrize(
    ("entries", "subfolders", "path"),
    [
        ([], (), None),
        ([entry("/a"), entry("/b")], (), "/a"),
        ([entry("/a", soname="libx.so.2"), entry("/b")], (), "/b"),
        ([entry("/a", flags=3), entry("/b")], (), "/b"),
        ([entry("/a", flags=0xA03)], (), None),
        ([entry("/v2", hwcaps="x86-64-v2"), entry("/v3", hwcaps="x86-64-v3"), entry("/a")], (), "/a"),
        ([entry("/v2", hwcaps="x86-64-v2"), entry("/v3", hwcaps="x86-64-v3"), entry("/a")], (V2,), "/v2"),
        ([entry("/v2", hwcaps="x86-64-v2"), entry("/v3", hwcaps="x86-64-v3"), entry("/a")], (V3, V2), "/v3"),
        ([entry("/v4", hwcaps="x86-64-v4")], (V3, V2), None),
        ([entry("/lib/tls/libx.so.1", hwcap=1 << 63), entry("/a")], (), "/a"),
        ([entry("/lib/tls/libx.so.1", hwcap=1 << 63), entry("/a")], ("tls",), "/lib/tls/libx.so.1"),
        ([entry("/a", soname="libx.so.01")], (), "/a"),
        ([entry("/a", soname="libx.so.10")], (), None),
    ],
)
def test_the_best_entry(entries: list[CacheEntry], subfolders: tuple[str, ...], path: str | None) -> None:
    """The machine's flags, then the best folder that the CPU can use, then the file's order decide."""
    assert cache_lookup(entries, flags=AMD64, subfolders=subfolders)("libx.so.1") == path


def test_flags_in_order() -> None:
    """Where a machine takes two kinds of entries, the better kind comes first."""
    entries = [entry("/old", flags=1), entry("/new", flags=3)]
    assert cache_lookup(entries, flags=(3, 1))("libx.so.1") == "/new"


def test_zeros_that_do_not_count() -> None:
    """Numbers in names are compared by their value."""
    assert cache_lookup([entry("/a", soname="libx.so.1.0")], flags=AMD64)("libx.so.01.00") == "/a"
