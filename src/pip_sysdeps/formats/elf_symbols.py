"""The dynamic symbols of an ELF file and their versions, read on demand: most runs ask them of few files.

Source: gABI, "Hash Table"; glibc elf/dl-lookup.c; LSB Core, "Symbol Versioning".
"""

from __future__ import annotations

from struct import Struct
from struct import error as struct_error
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedElf
from pip_sysdeps.formats.elf import DT_GNU_HASH, DT_HASH, DT_STRTAB, DT_SYMTAB, Image, Pread, read_dynamic, read_image

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_CHAIN = 1 << 16
"""Symbols of one hash bucket; honest ones hold a handful."""


def defines_symbol(pread: Pread, size: int, name: str) -> bool:
    """Tell whether the file defines a dynamic symbol, as the loader looks it up: through a hash table."""
    image = read_image(pread, size)
    values = read_dynamic(image).values
    if DT_SYMTAB not in values or DT_STRTAB not in values:
        return False
    spelled = name.encode("utf-8", "surrogateescape")
    symbols = image.offset_of(values[DT_SYMTAB], "DT_SYMTAB")
    strings = image.offset_of(values[DT_STRTAB], "DT_STRTAB")
    try:
        return any(
            _is_definition(image, symbols, strings, index, spelled) for index in _candidates(image, values, spelled)
        )
    except struct_error as error:
        raise MalformedElf("a symbol table leads out of the file", where=f"offset {symbols}") from error


def _candidates(image: Image, values: dict[int, int], name: bytes) -> Iterator[int]:
    """Yield the indices of the symbols that may bear a name."""
    if DT_GNU_HASH in values:
        return _gnu_candidates(image, image.offset_of(values[DT_GNU_HASH], "DT_GNU_HASH"), name)
    if DT_HASH in values:
        return _sysv_candidates(image, image.offset_of(values[DT_HASH], "DT_HASH"), name)
    return iter(())


def _gnu_candidates(image: Image, start: int, name: bytes) -> Iterator[int]:
    word = Struct(image.layout.order + "I")
    buckets, first, bloom, _ = Struct(image.layout.order + "IIII").unpack(image.read(start, 16))
    hashed = _gnu_hash(name)
    bucket_table = start + 16 + bloom * (8 if image.layout.wide else 4)
    if not buckets:
        return
    (index,) = word.unpack(image.read(bucket_table + 4 * (hashed % buckets), 4))
    if index < first:
        return
    chain = image.read(bucket_table + 4 * (buckets + index - first), 4 * _MAX_CHAIN)
    for (value,) in word.iter_unpack(chain[: len(chain) // 4 * 4]):
        if value | 1 == hashed | 1:
            yield index
        if value & 1:
            return
        index += 1


def _sysv_candidates(image: Image, start: int, name: bytes) -> Iterator[int]:
    word = Struct(image.layout.order + "I")
    buckets, chains = Struct(image.layout.order + "II").unpack(image.read(start, 8))
    if not buckets:
        return
    (index,) = word.unpack(image.read(start + 8 + 4 * (_sysv_hash(name) % buckets), 4))
    for _ in range(min(chains, _MAX_CHAIN)):
        if not index:
            return
        yield index
        (index,) = word.unpack(image.read(start + 8 + 4 * (buckets + index), 4))


def _is_definition(image: Image, symbols: int, strings: int, index: int, name: bytes) -> bool:
    form = Struct(image.layout.order + ("IBBH" if image.layout.wide else "I8xBBH"))
    entry = 24 if image.layout.wide else 16
    if image.layout.wide:
        offset, _, _, section = form.unpack(image.read(symbols + index * entry, 8))
    else:
        offset, _, _, section = form.unpack(image.read(symbols + index * entry, 16))
    return section != 0 and image.read(strings + offset, len(name) + 1) == name + b"\0"


def _gnu_hash(name: bytes) -> int:
    value = 5381
    for byte in name:
        value = (value * 33 + byte) & 0xFFFFFFFF
    return value


def _sysv_hash(name: bytes) -> int:
    value = 0
    for byte in name:
        value = (value << 4) + byte
        value = (value ^ (value & 0xF0000000) >> 24) & 0x0FFFFFFF
    return value
