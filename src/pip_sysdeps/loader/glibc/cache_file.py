"""Parse /etc/ld.so.cache.

It has one of three layouts: the old one, the old one followed by the new one, and (since glibc 2.32) the new one.
Source: glibc sysdeps/generic/dl-cache.h, elf/cache.c and elf/dl-cache.c.
"""

from __future__ import annotations

from struct import Struct
from struct import error as struct_error
from typing import NamedTuple

from pip_sysdeps.errors import MalformedError

_OLD_MAGIC, _NEW_MAGIC = b"ld.so-1.7.0", b"glibc-ld.so.cache1.1"
_OLD_HEADER, _NEW_HEADER = 16, 48
_EXTENSION_MAGIC, _HWCAPS_SECTION = 0xEAA42174, 1
_MAX_SECTIONS = 64

_BIG_ENDIAN, _ANY_ENDIAN = 3, 0


class CacheEntry(NamedTuple):
    """One library of the cache."""

    soname: str
    """The name that the loader looks up."""
    path: str
    """The file."""
    flags: int
    """Kind and ABI: 0x303 is a glibc library for x86-64."""
    hwcap: int
    """Bits of the legacy hwcap folders (`tls`, `x86_64`, ...), used up to glibc 2.36; 0 for a plain library."""
    hwcaps: str
    """Its folder in `glibc-hwcaps`; empty for a plain library."""


def parse_ld_so_cache(content: bytes) -> tuple[CacheEntry, ...]:
    """Return the entries in the file's order: the loader uses the first that matches.

    Raise MalformedError, with the offset, for data that is not a cache, or is truncated.
    """
    start = _new_start(content)
    try:
        return _old_entries(content) if start is None else _new_entries(content, start)
    except struct_error as error:
        raise MalformedError("the cache is truncated", where=f"offset {len(content)}") from error


def _new_start(content: bytes) -> int | None:
    """Return the offset of the new layout, or None if there is only the old one."""
    if content.startswith(_NEW_MAGIC):
        return 0
    if not content.startswith(_OLD_MAGIC) or len(content) < _OLD_HEADER:
        raise MalformedError("not a cache of ldconfig", where="offset 0")
    start = _OLD_HEADER + 12 * int.from_bytes(content[12:16], "little")
    start += -start % 8
    return start if content[start : start + len(_NEW_MAGIC)] == _NEW_MAGIC else None


def _old_entries(content: bytes) -> tuple[CacheEntry, ...]:
    count = int.from_bytes(content[12:16], "little")
    strings = _OLD_HEADER + 12 * count
    table = content[_OLD_HEADER:strings]
    if len(table) < 12 * count:
        raise MalformedError("the cache is truncated", where=f"offset {len(content)}")
    return tuple(
        CacheEntry(
            soname=_string(content, strings + key),
            path=_string(content, strings + value),
            flags=flags,
            hwcap=0,
            hwcaps="",
        )
        for flags, key, value in Struct("<iII").iter_unpack(table)
    )


def _new_entries(content: bytes, start: int) -> tuple[CacheEntry, ...]:
    order = ">" if content[start + 28 : start + 29] == bytes([_BIG_ENDIAN]) else "<"
    count, _, _, extension = Struct(order + "IIB3xI").unpack_from(content, start + 20)
    end = start + _NEW_HEADER + 24 * count
    if end > len(content):
        raise MalformedError("the cache is truncated", where=f"offset {len(content)}")
    folders = _hwcaps_folders(content, order, extension)
    return tuple(
        CacheEntry(
            soname=_string(content, start + key),
            path=_string(content, start + value),
            flags=flags,
            hwcap=0 if _is_extension(hwcap) else hwcap,
            hwcaps=_folder(folders, hwcap & 0xFFFFFFFF) if _is_extension(hwcap) else "",
        )
        for flags, key, value, _, hwcap in Struct(order + "iIIIQ").iter_unpack(content[start + _NEW_HEADER : end])
    )


def _is_extension(hwcap: int) -> bool:
    """Return whether the field has the index of a glibc-hwcaps folder and an ISA level, instead of bits."""
    return (hwcap >> 32) & ~0x3FF == 1 << 30


def _folder(folders: tuple[str, ...], index: int) -> str:
    if index >= len(folders):
        raise MalformedError(f"no glibc-hwcaps folder {index}", where="the extension")
    return folders[index]


def _hwcaps_folders(content: bytes, order: str, extension: int) -> tuple[str, ...]:
    """Return the names of the glibc-hwcaps folders that entries refer to by their index."""
    if not extension:
        return ()
    magic, count = Struct(order + "II").unpack_from(content, extension)
    if magic != _EXTENSION_MAGIC:
        return ()
    for number in range(min(count, _MAX_SECTIONS)):
        tag, _, offset, size = Struct(order + "IIII").unpack_from(content, extension + 8 + 16 * number)
        if tag == _HWCAPS_SECTION:
            names = Struct(order + "I").iter_unpack(content[offset : offset + size // 4 * 4])
            return tuple(_string(content, name) for (name,) in names)
    return ()


def _string(content: bytes, offset: int) -> str:
    end = content.find(0, offset)
    if end < 0:
        raise MalformedError("a name exceeds the file or is unterminated", where=f"offset {offset}")
    return content[offset:end].decode("utf-8", "surrogateescape")
