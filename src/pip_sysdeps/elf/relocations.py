"""Undefined symbols that a file's relocations refer to.

Source: gABI, "Relocation" and "Dynamic Section"; glibc elf/do-rel.h and elf/dl-lookup.c.
"""

from __future__ import annotations

from itertools import chain
from struct import Struct
from struct import error as struct_error
from typing import TYPE_CHECKING

from pip_sysdeps.elf.image import DT_STRTAB, Image, Pread, read_dynamic, read_image, read_names
from pip_sysdeps.errors import MalformedElf

if TYPE_CHECKING:
    from collections.abc import Iterator

_DT_PLTRELSZ, _DT_SYMTAB, _DT_RELA, _DT_RELASZ, _DT_REL, _DT_RELSZ = 2, 6, 7, 8, 17, 18
_DT_PLTREL, _DT_JMPREL = 20, 23
_STB_GLOBAL = 1
_MAX_TABLE = 256 << 20  # bytes of relocations; torch's largest library has 40 MB
_MAX_SYMBOLS = 1 << 20


def required_symbols(pread: Pread, size: int) -> frozenset[str]:
    """Return the undefined symbols without which dlopen(3) with RTLD_NOW fails, as `import` uses it.

    These are the symbols that are not weak and that a relocation refers to. Raise MalformedElf for a malformed file.
    """
    image = read_image(pread, size)
    values = read_dynamic(image).values
    if _DT_SYMTAB not in values or DT_STRTAB not in values:
        return frozenset()
    used = {index for start, length, adds in _tables(values) for index in _symbols_of(image, start, length, adds=adds)}
    return frozenset(read_names(image, values, set(_undefined_names(image, values, used - {0})), _MAX_TABLE).values())


def _tables(values: dict[int, int]) -> Iterator[tuple[int, int, bool]]:
    """Yield address and size of each table of relocations, and whether its entries have addends."""
    plt_adds = values.get(_DT_PLTREL) == _DT_RELA
    for tag, length, adds in (
        (_DT_RELA, _DT_RELASZ, True), (_DT_REL, _DT_RELSZ, False), (_DT_JMPREL, _DT_PLTRELSZ, plt_adds),
    ):  # fmt: skip
        if values.get(tag) and values.get(length):
            yield values[tag], values[length], adds


def _symbols_of(image: Image, address: int, length: int, *, adds: bool) -> set[int]:
    """Return the symbol indices in the entries of a table: the upper part of `r_info`."""
    if length > _MAX_TABLE:
        raise MalformedElf(f"more than {_MAX_TABLE} bytes of relocations", where="offset 0")
    if image.layout.wide:
        index = "4xI" if image.layout.order == "<" else "I4x"
        form = Struct(f"{image.layout.order}8x{index}{'8x' if adds else ''}")
    else:
        form = Struct(f"{image.layout.order}4xI{'4x' if adds else ''}")
    table = image.read(image.offset_of(address, "a table of relocations"), length)
    found = set(chain.from_iterable(form.iter_unpack(table[: len(table) // form.size * form.size])))
    return found if image.layout.wide else {info >> 8 for info in found}


def _undefined_names(image: Image, values: dict[int, int], used: set[int]) -> Iterator[int]:
    """Yield the name offsets of the symbols that are undefined and not weak."""
    last = max(used, default=0)
    if last >= _MAX_SYMBOLS:
        raise MalformedElf(f"more than {_MAX_SYMBOLS} dynamic symbols", where="offset 0")
    form = Struct(image.layout.order + ("IBxH16x" if image.layout.wide else "I8xBxH"))
    table = image.read(image.offset_of(values[_DT_SYMTAB], "DT_SYMTAB"), (last + 1) * form.size)
    try:
        for index in used:
            name, info, section = form.unpack_from(table, index * form.size)
            if name and not section and info >> 4 == _STB_GLOBAL:
                yield name
    except struct_error as error:
        raise MalformedElf("a symbol table exceeds the file", where="offset 0") from error
