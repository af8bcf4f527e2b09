"""The dynamic symbols of an ELF file and their versions, which are read on demand, for few files."""

from __future__ import annotations

import re
from itertools import chain, repeat
from struct import Struct
from struct import error as struct_error
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.elf.headers import MAX_CHAIN, read_version_needs
from pip_sysdeps.elf.image import DT_STRTAB, Image, Pread, read_chains, read_dynamic, read_image, read_names
from pip_sysdeps.errors import MalformedElf

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

_DT_HASH, _DT_SYMTAB, _DT_STRSZ = 4, 6, 10
_DT_GNU_HASH, _DT_VERSYM, _DT_VERDEF = 0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFFC

_MAX_BUCKET = 1 << 14  # symbols of one hash bucket; honest ones hold a handful
_MAX_SYMBOLS = 1 << 20
_MAX_NAMES = 64 << 20  # bytes; torch's C++ names are tens of MB
_VER_FLG_BASE = 1
_GLOBAL, _INDEX, _HIDDEN = 1, 0x7FFF, 0x8000
"""The version index of a symbol without a version; the mask of an index; the bit that hides the symbol."""
_MAX_LOCAL = 0xF
"""The largest `st_info` of a symbol of binding STB_LOCAL."""
_BASE = "Base"
"""The version of a symbol without one: deb-symbols(5)."""
_SECTION = {True: 6, False: 14}
"""Offset of `st_shndx` in a symbol of a 64-bit file, or of a 32-bit one: two bytes, 0 if the symbol is undefined."""
_UNDEFINED, _DEFINED = re.compile(rb"\0+"), re.compile(rb"[^\0]+")
"""Match runs of undefined and of defined symbols, with one byte per symbol, 0 if it is undefined."""


_Row = tuple[int, int, int]
"""A symbol of DT_SYMTAB: offset of its name, `st_info`, version index."""


class _Symbols(NamedTuple):
    """The undefined symbols of a file."""

    image: Image
    values: dict[int, int]
    versions: dict[int, int]
    """Version index -> offset of the version's name."""
    rows: list[_Row]

    def names(self, rows: Iterable[_Row]) -> dict[int, str]:
        """Return the names of these symbols, and of all versions, by offset; offset 0 is the empty name."""
        used = {*self.versions.values(), *(name for name, _, _ in rows)}
        return {**read_names(self.image, self.values, used - {0}, _MAX_NAMES), 0: ""}


def defines_symbol(pread: Pread, size: int, name: str) -> bool:
    """Return whether the file defines a dynamic symbol. It is looked up in a hash table, as in the loader.

    Like all functions of this module, raise MalformedElf for a malformed file.
    """
    image = read_image(pread, size)
    values = read_dynamic(image).values
    if _DT_SYMTAB not in values or DT_STRTAB not in values:
        return False
    encoded = name.encode("utf-8", "surrogateescape")
    symbols = image.offset_of(values[_DT_SYMTAB], "DT_SYMTAB")
    strings = image.offset_of(values[DT_STRTAB], "DT_STRTAB")
    entry, section = _symbol_form(image), _SECTION[image.layout.wide]
    try:
        for index in _candidates(image, values, encoded):
            symbol = image.read(symbols + index * entry.size, entry.size)
            offset, _ = entry.unpack(symbol)
            if any(symbol[section : section + 2]) and image.read(strings + offset, len(encoded) + 1) == encoded + b"\0":
                return True
    except struct_error as error:
        raise MalformedElf("a symbol table leads out of the file", where=f"offset {symbols}") from error
    return False


def undefined_names(pread: Pread, size: int, *, versions: Container[str]) -> frozenset[str]:
    """Return the undefined symbols of a file at some versions, as deb-symbols(5) spells them: `name@version`.

    `Base` means no version. Names of symbols at other versions, which are the majority, are not read.
    """
    symbols = _read_symbols(pread, size)
    version_names = symbols.names(())
    suffixes = {index: version_names[version] or _BASE for index, version in symbols.versions.items()}
    kept = {index for _, _, index in symbols.rows if suffixes.get(index, _BASE) in versions}
    rows = [row for row in symbols.rows if row[2] in kept]
    names = symbols.names(rows)
    return frozenset([f"{names[name]}@{suffixes.get(index, _BASE)}" for name, _, index in rows])


def defined_names(pread: Pread, size: int, *, hidden: bool = True) -> frozenset[str]:
    """Return the defined symbols of a file, whatever their versions.

    Without `hidden`, omit symbols that only a reference with a version finds.
    """
    image = read_image(pread, size)
    values = read_dynamic(image).values
    if _DT_SYMTAB not in values or DT_STRTAB not in values:
        return frozenset()
    rows = _rows(image, values, _DEFINED, bits=_INDEX | _HIDDEN)
    offsets = {name for name, _, index in rows if hidden or not index & _HIDDEN}
    return frozenset(read_names(image, values, offsets, _MAX_NAMES).values())


def defined_versions(pread: Pread, size: int) -> tuple[str, ...] | None:
    """Return the versions that a file defines, without the base version; None if it has no DT_VERDEF.

    If a needed version is not among them, the loader stops; if the file defines no versions, it only warns.
    """
    image = read_image(pread, size)
    values = read_dynamic(image).values
    if _DT_VERDEF not in values:
        return None
    offsets = [name for name, flags, _ in _read_version_definitions(image, values) if not flags & _VER_FLG_BASE]
    names = read_names(image, values, set(offsets))
    return tuple([names[offset] for offset in offsets])


def _read_symbols(pread: Pread, size: int) -> _Symbols:
    image = read_image(pread, size)
    values = read_dynamic(image).values
    if _DT_SYMTAB not in values or DT_STRTAB not in values:
        return _Symbols(image, values, {}, [])
    versions = {index: name for _, name, _, index in read_version_needs(image, values)}
    versions |= {index: name for name, _, index in _read_version_definitions(image, values) if index > 1}
    rows = list(_rows(image, values, _UNDEFINED))
    used = {index for _, _, index in rows}
    return _Symbols(image, values, {index: name for index, name in versions.items() if index in used}, rows)


def _rows(
    image: Image, values: dict[int, int], section_pattern: re.Pattern[bytes], *, bits: int = _INDEX
) -> Iterator[_Row]:
    """Yield the named symbols, except local ones, that are undefined, or those that are defined.

    `bits` is the mask for version indices.
    """
    try:
        count = _symbol_count(image, values)
    except struct_error as error:
        raise MalformedElf("a hash table exceeds the file", where="offset 0") from error
    if count > _MAX_SYMBOLS:
        raise MalformedElf(f"more than {_MAX_SYMBOLS} dynamic symbols", where="offset 0")
    form, end = _symbol_form(image), values.get(_DT_STRSZ, image.size)
    table = image.read(image.offset_of(values[_DT_SYMTAB], "DT_SYMTAB"), count * form.size)
    versions = _version_indices(image, values, count)
    for first, last in _symbol_ranges(image, table, form.size, section_pattern):
        entries = form.iter_unpack(table[first * form.size : last * form.size])
        # patchelf leaves remains of old tables after the symbols, with names beyond the table
        yield from [
            (name, info, index & bits)
            for (name, info), index in zip(entries, chain(versions(first, last), repeat(_GLOBAL)), strict=False)
            if info > _MAX_LOCAL and 0 < name < end
        ]


def _symbol_ranges(
    image: Image, table: bytes, size: int, section_pattern: re.Pattern[bytes]
) -> Iterator[tuple[int, int]]:
    """Yield start and end of each run of undefined, or of defined, symbols. A file may have 100,000 symbols.

    Their section indices, of two bytes each, are combined with two large integers, so that no Python loop
    runs over the symbols.
    """
    section = _SECTION[image.layout.wide]
    whole = len(table) // size * size
    low, high = table[section:whole:size], table[section + 1 : whole : size]
    sections = (int.from_bytes(low, "little") | int.from_bytes(high, "little")).to_bytes(len(low), "little")
    return (match.span() for match in section_pattern.finditer(sections))


def _version_indices(image: Image, values: dict[int, int], count: int) -> Callable[[int, int], tuple[int, ...]]:
    """Return a function for the version indices of a range of symbols; fewer at the end of the table."""
    if _DT_VERSYM not in values:
        return lambda _first, _last: ()
    table = image.read(image.offset_of(values[_DT_VERSYM], "DT_VERSYM"), 2 * count)

    def stretch(first: int, last: int) -> tuple[int, ...]:
        part = table[2 * first : 2 * last]
        return Struct(f"{image.layout.order}{len(part) // 2}H").unpack(part[: len(part) // 2 * 2])

    return stretch


def _read_version_definitions(image: Image, values: dict[int, int]) -> list[tuple[int, int, int]]:
    """Return a row for each version of DT_VERDEF: string offset of its name, flags, index."""
    if _DT_VERDEF not in values:
        return []
    return read_chains(image, image.offset_of(values[_DT_VERDEF], "DT_VERDEF"), _walk_version_definitions)


def _walk_version_definitions(image: Image, table: bytes, start: int) -> list[tuple[int, int, int]]:
    """Follow the links to the end. The first Verdaux has the version's name, further ones its parents'."""
    definition, name = Struct(image.layout.order + "2xHH6xII").unpack_from, Struct(image.layout.order + "I").unpack_from
    rows: list[tuple[int, int, int]] = []
    place, next_definition = 0, -1
    while next_definition:
        flags, index, first, next_definition = definition(table, place)
        rows.append((*name(table, place + first), flags, index & _INDEX))
        if len(rows) > MAX_CHAIN:
            raise MalformedElf("a version table does not end", where=f"offset {start}")
        place += next_definition
    return rows


def _symbol_count(image: Image, values: dict[int, int]) -> int:
    """Return the number of dynamic symbols, which only section headers state directly."""
    if _DT_HASH in values:
        (count,) = _words(image, image.offset_of(values[_DT_HASH], "DT_HASH") + 4, 1)
        return count
    if _DT_GNU_HASH in values:
        last = _last_hashed(image, image.offset_of(values[_DT_GNU_HASH], "DT_GNU_HASH"))
        if last:
            return last + 1
    # Without exports, GNU ld does not record the number of undefined symbols: use the start of the next table.
    start = values[_DT_SYMTAB]
    following = min((value for tag, value in values.items() if value > start and tag != _DT_STRSZ), default=start)
    return (following - start) // _symbol_form(image).size


def _last_hashed(image: Image, start: int) -> int:
    """Return the index of the last symbol in DT_GNU_HASH: the end of the last bucket's chain."""
    buckets, first, bloom, _ = _words(image, start, 4)
    if buckets > _MAX_SYMBOLS:
        raise MalformedElf(f"more than {_MAX_SYMBOLS} hash buckets", where=f"offset {start}")
    table = start + 16 + bloom * (8 if image.layout.wide else 4)
    index = max(_words(image, table, buckets), default=0)
    if index < first:
        return 0
    chain = table + 4 * (buckets + index - first)
    return index + next((place for place, value in enumerate(_chain(image, chain)) if value & 1), 0)


def _candidates(image: Image, values: dict[int, int], name: bytes) -> Iterator[int]:
    """Yield the indices of the symbols that may have this name."""
    if _DT_GNU_HASH in values:
        return _gnu_candidates(image, image.offset_of(values[_DT_GNU_HASH], "DT_GNU_HASH"), name)
    if _DT_HASH in values:
        return _sysv_candidates(image, image.offset_of(values[_DT_HASH], "DT_HASH"), name)
    return iter(())


def _gnu_candidates(image: Image, start: int, name: bytes) -> Iterator[int]:
    buckets, first, bloom, _ = _words(image, start, 4)
    if not buckets:
        return
    hashed = _gnu_hash(name)
    table = start + 16 + bloom * (8 if image.layout.wide else 4)
    (index,) = _words(image, table + 4 * (hashed % buckets), 1)
    if index < first:
        return
    for place, value in enumerate(_chain(image, table + 4 * (buckets + index - first)), index):
        if value | 1 == hashed | 1:
            yield place
        if value & 1:
            return


def _sysv_candidates(image: Image, start: int, name: bytes) -> Iterator[int]:
    buckets, chains = _words(image, start, 2)
    if not buckets:
        return
    (index,) = _words(image, start + 8 + 4 * (_sysv_hash(name) % buckets), 1)
    for _ in range(min(chains, _MAX_BUCKET)):
        if not index:
            return
        yield index
        (index,) = _words(image, start + 8 + 4 * (buckets + index), 1)


def _chain(image: Image, start: int) -> Iterator[int]:
    """Yield the words from the start of a DT_GNU_HASH chain on.

    The first read is small, because most chains are short.
    """
    for length in (64, 4 * _MAX_BUCKET):
        words = image.read(start, length)
        yield from Struct(f"{image.layout.order}{len(words) // 4}I").unpack(words[: len(words) // 4 * 4])
        start += length


def _words(image: Image, offset: int, count: int) -> tuple[int, ...]:
    return Struct(f"{image.layout.order}{count}I").unpack(image.read(offset, 4 * count))


def _symbol_form(image: Image) -> Struct:
    """Return the structure of a symbol, reduced to name and info."""
    return Struct(image.layout.order + ("IB19x" if image.layout.wide else "I8xB3x"))


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
