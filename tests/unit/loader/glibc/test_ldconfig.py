"""A fresh cache, held against the real ldconfig; how it treats single files is reported in tests/loader_rules."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.debian import debian_root
from builders.ld_so import release, run_ldconfig
from builders.loader import AMD64, DIRECTORIES
from builders.root import link, write
from builders.world import written
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.glibc.cache import cache_lookup
from pip_sysdeps.loader.glibc.cache_file import parse_ld_so_cache
from pip_sysdeps.loader.glibc.ldconfig import FreshCache, read_cache
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pip_sysdeps.loader.glibc.cache_file import CacheEntry
    from pip_sysdeps.model.elf import OpenedFile


def fresh(root: Path) -> FreshCache:
    """Return the fresh cache of a root."""
    inside = Root(str(root))
    return FreshCache(inside, AMD64, DIRECTORIES, Objects(inside).open)


def differing(root: Path, entries: Sequence[CacheEntry]) -> list[tuple[str, str | None, str | None]]:
    """Return each name of a cache for which ours gives another path."""
    theirs = cache_lookup(entries, flags=AMD64.cache_flags)
    mine = fresh(root)
    names = sorted({entry.soname for entry in entries})
    return [(name, theirs(name), mine(name)) for name in names if theirs(name) != mine(name)]


@pytest.mark.toolchain
def test_this_machine(tmp_path: Path) -> None:
    """For every name that this machine's ldconfig finds, we find the same path."""
    cache = tmp_path / "cache"
    subprocess.run([str(release().ldconfig), "-X", "-C", str(cache)], check=True, capture_output=True)
    entries = parse_ld_so_cache(cache.read_bytes())
    assert differing(Path("/"), entries) == []


@pytest.mark.debian
@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_debian(suite: str) -> None:
    """For every name in the cache that apt's trigger left, we find the same path."""
    root = debian_root(suite)
    entries = read_cache(Root(str(root)))
    assert len(entries) > 20
    assert differing(root, entries) == []


def test_no_library_is_read_for_a_name_that_is_there(tmp_path: Path) -> None:
    """A name that is the first directory's own costs one look, however many libraries lie beside it."""
    for number in range(20):
        write(tmp_path / f"lib/x86_64-linux-gnu/lib{number}.so.1", written({"soname": f"lib{number}.so.1"}))
    inside = Root(str(tmp_path))
    looked: list[str] = []
    objects = Objects(inside)

    def lookup(path: str) -> OpenedFile | None:
        looked.append(path)
        return objects.open(path)

    cache = FreshCache(inside, AMD64, DIRECTORIES, lookup)
    assert cache("lib7.so.1") == "/lib/x86_64-linux-gnu/lib7.so.1"
    assert looked == ["/lib/x86_64-linux-gnu/lib7.so.1"]


@pytest.mark.parametrize("name", ["libx.so.1.dpkg-new", "libx.so.1.dpkg-tmp", "libx.so.1;5f2c", "libx.so.#prelink#"])
def test_temporary_files(name: str, tmp_path: Path) -> None:
    """Temporary files of dpkg, rpm and prelink are not libraries."""
    write(tmp_path / "lib" / name, written({"soname": "libx.so.1"}))
    assert fresh(tmp_path)("libx.so.1") is None


@pytest.mark.toolchain
def test_an_outdated_cache(tmp_path: Path) -> None:
    """The cache is used for links that exist, and ignored for files that are gone."""
    write(tmp_path / "lib/liba.so.1.0", written({"soname": "liba.so.1"}))
    write(tmp_path / "lib/libb.so.1.0", written({"soname": "libb.so.1"}))
    run_ldconfig(tmp_path, release())
    assert len(read_cache(Root(str(tmp_path)))) == 2
    (tmp_path / "lib/libb.so.1.0").unlink()
    (tmp_path / "lib/libb.so.1").unlink()
    link(tmp_path / "lib/libb.so", "liba.so.1")
    cache = fresh(tmp_path)
    assert (cache("liba.so.1"), cache("libb.so.1"), cache("libnone.so")) == ("/lib/liba.so.1", None, None)


@pytest.mark.parametrize("content", [b"", b"no cache", b"glibc-ld.so.cache1.1\xff\xff"])
def test_a_broken_cache(content: bytes, tmp_path: Path) -> None:
    """A file that is not a cache is ignored, as by the loader."""
    write(tmp_path / "etc/ld.so.cache", content)
    assert read_cache(Root(str(tmp_path))) == ()
