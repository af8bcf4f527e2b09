"""Read the data of an ELF file, where compilers put strings: what is loaded but not executed.

Source: gABI chapter 4, "Sections"; chapter 5, "Program Header". Section headers show where `.rodata` and `.data` are.
No loader needs them, so they can be missing or invalid; then the segments are read.
"""

from __future__ import annotations

from itertools import islice
from struct import Struct
from struct import error as struct_error
from typing import TYPE_CHECKING

from pip_sysdeps.elf.image import Image, Pread, read_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHT_PROGBITS = 1
_SHF_ALLOC, _SHF_EXECINSTR = 2, 4
_PF_X = 1
_MOST_SECTIONS = 4096


def loaded_data(pread: Pread, size: int, limit: int) -> bytes:
    """Return at most `limit` bytes of the data of a file, with a NUL before and after each part.

    Raise MalformedElf for a file whose header or program headers break the gABI.
    """
    image = read_image(pread, size)
    places = list(islice(_sections(image), _MOST_SECTIONS)) or list(_segments(image))
    return b"\0".join((b"", *_read(image, places, limit), b""))


def _read(image: Image, places: Iterable[tuple[int, int]], limit: int) -> Iterator[bytes]:
    for offset, length in places:
        content = image.read(offset, min(length, limit))
        limit -= len(content)
        if content:
            yield content


def _sections(image: Image) -> Iterator[tuple[int, int]]:
    """Yield offset and size of each section with data; none if the table cannot be read."""
    header = image.layout.header
    order, wide = image.layout.order, image.layout.wide
    section, more = Struct(order + ("IIQQQQIIQQ" if wide else "10I")), Struct(order + "HHH")
    try:
        start = header.unpack_from(image.head, 16)[5]
        entry_size, count, _ = more.unpack_from(image.head, 16 + header.size)
    except struct_error:
        return
    if entry_size != section.size or not 0 < count <= _MOST_SECTIONS:
        return
    table = image.read(start, count * section.size)
    for _, kind, flags, _, offset, size, *_ in section.iter_unpack(table[: len(table) // section.size * section.size]):
        if kind == _SHT_PROGBITS and flags & (_SHF_ALLOC | _SHF_EXECINSTR) == _SHF_ALLOC:
            yield offset, size


def _segments(image: Image) -> Iterator[tuple[int, int]]:
    """Yield offset and size of the loaded segments, data first: old linkers put constants next to code."""
    for each in sorted(image.loads, key=lambda each: (each.flags & _PF_X, each.offset)):
        yield each.offset, each.file_size
