"""ld.so.cache: what the real ldconfig writes, and what breaks."""

from __future__ import annotations

import contextlib
import re
import struct
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.ld_so import release
from builders.root import write
from builders.world import written
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.loader.glibc.cache_file import CacheEntry, parse_ld_so_cache

if TYPE_CHECKING:
    from pathlib import Path

LAYOUTS = ("new", "old", "compat")
HWCAPS = "x86-64-v2"


def new_layout(*entries: tuple[str, str, int]) -> bytes:
    """Return a little-endian cache in the new layout, with a soname, path and flags for each entry."""
    strings, rows = b"", b""
    base = 48 + 24 * len(entries)
    for soname, path, flags in entries:
        key, value = base + len(strings), base + len(strings) + len(soname) + 1
        strings += f"{soname}\0{path}\0".encode()
        rows += struct.pack("<iIIIQ", flags, key, value, 0, 0)
    head = b"glibc-ld.so.cache1.1" + struct.pack("<IIB3xI12x", len(entries), len(strings), 2, 0)
    return head + rows + strings


CACHE = new_layout(("libb.so.1", "/lib/libb.so.1", 0x303), ("liba.so.1", "/lib/liba.so.1", 0x303))


def made_by_ldconfig(root: Path, layout: str) -> bytes:
    """Return the cache that this machine's ldconfig writes for two libraries, one also below glibc-hwcaps."""
    for name in ("libz.so.1", "liba.so.10"):
        write(root / "lib" / name, written({"soname": name}))
    write(root / f"lib/glibc-hwcaps/{HWCAPS}/libz.so.1", written({"soname": "libz.so.1"}))
    write(root / "etc/ld.so.conf", "/lib\n")
    command = [str(release().ldconfig), "-i", "-r", str(root), "-c", layout]
    subprocess.run(command, check=True, capture_output=True)
    return (root / "etc/ld.so.cache").read_bytes()


@pytest.mark.toolchain
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout(layout: str, tmp_path: Path) -> None:
    """All layouts that ldconfig writes give the entries, in the file's order."""
    plain = [
        CacheEntry(soname="libz.so.1", path="/lib/libz.so.1", flags=0x303, hwcap=0, hwcaps=""),
        CacheEntry(soname="liba.so.10", path="/lib/liba.so.10", flags=0x303, hwcap=0, hwcaps=""),
    ]
    path = f"/lib/glibc-hwcaps/{HWCAPS}/libz.so.1"
    special = CacheEntry(soname="libz.so.1", path=path, flags=0x303, hwcap=0, hwcaps=HWCAPS)
    entries = parse_ld_so_cache(made_by_ldconfig(tmp_path, layout))
    # The old layout has no field for the folder, and in the double one glibc itself misplaces its name.
    assert [entry for entry in entries if "glibc-hwcaps" not in entry.path] == plain
    assert (special in entries) == (layout == "new")


@pytest.mark.toolchain
def test_this_machines_cache(tmp_path: Path) -> None:
    """For a cache with everything that is configured here, we read what `ldconfig -p` prints."""
    cache = tmp_path / "cache"
    ldconfig = release().ldconfig
    subprocess.run([ldconfig, "-X", "-C", cache], check=True, capture_output=True)
    printed = subprocess.run([ldconfig, "-p", "-C", cache], check=True, capture_output=True, text=True).stdout
    lines = re.findall(r"^\t(.*) \((?:libc6|ELF).*\) => (.*)$", printed, re.MULTILINE)
    assert [(entry.soname, entry.path) for entry in parse_ld_so_cache(cache.read_bytes())] == lines
    assert lines


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "offset 0: not a cache of ldconfig"),
        (b"\x7fELF" + bytes(60), "offset 0: not a cache of ldconfig"),
        (b"ld.so-1.7.0\0", "offset 0: not a cache of ldconfig"),
        (b"ld.so-1.7.0\0" + b"\xff\xff\xff\x0f", "offset 16: the cache is truncated"),
        (CACHE[:40], "offset 40: the cache is truncated"),
        (CACHE[:60], "offset 60: the cache is truncated"),
        (CACHE[:-1], "offset 131: a name exceeds the file or is unterminated"),
    ],
)
def test_what_is_no_cache(content: bytes, message: str) -> None:
    """Another file, or a truncated cache, is malformed, with the offset."""
    with pytest.raises(MalformedError) as error:
        parse_ld_so_cache(content)
    assert str(error.value) == message


def test_a_hwcaps_folder_that_is_not_there() -> None:
    """An entry that refers to a glibc-hwcaps folder without a name is malformed."""
    with_index = CACHE[:64] + struct.pack("<Q", 1 << 62) + CACHE[72:]
    with pytest.raises(MalformedError, match="the extension: no glibc-hwcaps folder 0"):
        parse_ld_so_cache(with_index)


def test_an_extension_that_is_none() -> None:
    """An extension without its magic is not read."""
    pointed = CACHE[:32] + struct.pack("<I", 48) + CACHE[36:]
    assert parse_ld_so_cache(pointed) == parse_ld_so_cache(CACHE)


@given(st.binary(max_size=200), st.sampled_from([b"", CACHE[:20], CACHE[:48], CACHE, b"ld.so-1.7.0\0"]), st.data())
def test_any_bytes(content: bytes, start: bytes, data: st.DataObject) -> None:
    """Whatever the bytes are, they are entries or malformed."""
    at = data.draw(st.integers(0, len(start)))
    with contextlib.suppress(MalformedError):
        parse_ld_so_cache(start[:at] + content + start[at:])
