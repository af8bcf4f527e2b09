"""Read the header, program headers, dynamic section and names of an ELF file, with few small reads.

Section headers are not used: the loader ignores them, and stripped files have none. What glibc tolerates (an unused
size, a repeated tag), this module tolerates too. Source: gABI chapters 4 and 5; glibc elf/get-dynamic-info.h.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from struct import error as struct_error
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pip_sysdeps.errors import MalformedElf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Pread = Callable[[int, int], bytes]
"""(size, offset) -> bytes: pread(2) without the descriptor; short at the end of the file."""

Row = TypeVar("Row")

MAGIC = b"\x7fELF"
HEAD = 4096
"""Bytes of the first read: the header, and nearly always the program headers."""
PAGE = 4096
HEADER_SIZE, HEADER_SIZE_32 = 64, 52
"""Bytes of the ELF header of each class."""

PT_LOAD, PT_DYNAMIC = 1, 2
DT_NEEDED, DT_STRTAB = 1, 5

# No honest file comes near these; they keep the cost of a hostile one low.
_MAX_DYNAMIC = 1 << 20  # bytes of the dynamic section
_MAX_NEEDED = 4096
_MAX_TABLE = 1 << 20  # bytes of a version table
_MAX_NAMES = 4 << 20  # bytes of all names of a file

# Names nearer than _GAP are read together. The offsets of one read span at most _SPAN; _TAIL bytes more hold the last.
_GAP, _SPAN, _TAIL = 16 << 10, 256 << 10, 256


class Layout(NamedTuple):
    """The structures of one class and data encoding."""

    wide: bool
    """ELFCLASS64."""
    order: str
    """The data encoding as `struct` writes it."""
    header: Struct
    """From e_type on."""
    program_header: Struct
    dynamic: Struct
    verneed: Struct
    vernaux: Struct


def _layout(order: str, *, wide: bool) -> Layout:
    header, program_header, dynamic = ("HHIQQQIHHH", "IIQQQQQQ", "QQ") if wide else ("HHIIIIIHHH", "IIIIIIII", "II")
    return Layout(wide, order, *(Struct(order + form) for form in (header, program_header, dynamic, "HHIII", "IHHII")))


LAYOUTS = {
    (elf_class, data): _layout(order, wide=elf_class == 2)
    for elf_class in (1, 2)
    for data, order in ((1, "<"), (2, ">"))
}


class Segment(NamedTuple):
    """A program header, its fields in the order of a 64-bit file."""

    type: int
    flags: int
    offset: int
    address: int
    physical_address: int
    file_size: int
    memory_size: int
    align: int


class Image(NamedTuple):
    """An ELF file: its header, its program headers, and a function to read more."""

    pread: Pread
    size: int
    head: bytes
    layout: Layout
    type: int
    machine: int
    version: int
    flags: int
    segments: tuple[Segment, ...]
    loads: tuple[Segment, ...]
    """The PT_LOADs, last first: if two overlap, the loader's later mapping wins."""

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes at an offset; fewer at the end of the file."""
        end = offset + length
        if end <= len(self.head):
            return self.head[offset:end]
        length = min(length, self.size - offset)
        return self.pread(length, offset) if length > 0 else b""

    def offset_of(self, address: int, what: str) -> int:
        """Return the file offset of a virtual address."""
        for _, _, offset, start, _, length, _, _ in self.loads:
            if start <= address < start + length:
                return address - start + offset
        raise MalformedElf(f"{what} at address {address:#x} is in no segment of the file", where="offset 0")

    def memory(self, address: int, length: int) -> bytes:
        """Return the mapped bytes from an address on; fewer at the end of the segment or file.

        The segment's bytes in the file are followed by zeros if it is longer in memory; otherwise, by the rest of the
        file's page. Source: glibc elf/dl-map-segments.h.
        """
        for _, _, offset, start, _, size, memory_size, _ in self.loads:
            if start <= address < start + size:
                in_file, page = start + size - address, -(start + size) % PAGE
                found = self.read(address - start + offset, min(length, in_file))
                if len(found) < in_file or length <= in_file:
                    return found
                if memory_size > size:
                    return found + bytes(min(memory_size - size, length - in_file))
                return found + self.read(offset + size, page).ljust(page, b"\0")[: length - in_file]
        return b""

    def segment(self, kind: int) -> Segment | None:
        """Return the last segment of a type, which is the one that the loader uses."""
        found = None
        for segment in self.segments:
            if segment[0] == kind:
                found = segment
        return found


class Dynamic(NamedTuple):
    """The dynamic section; if a tag occurs twice, the last value counts, as in glibc."""

    needed: tuple[int, ...]
    values: dict[int, int]


def read_image(pread: Pread, size: int) -> Image:
    """Read the header and the program headers. Raise MalformedElf, with the loader's own message if it has one."""
    head = pread(min(size, HEAD), 0)
    layout = _layout_of(head)
    kind, machine, version, _, start, _, flags, _, entry_size, count = layout.header.unpack_from(head, 16)
    if count and entry_size != layout.program_header.size:
        raise MalformedElf("ELF file's phentsize not the expected size", where="offset 0")
    end = start + count * entry_size
    table = head[start:end] if end <= len(head) else pread(end - start, start) if end <= size else b""
    if len(table) != count * entry_size:
        raise MalformedElf("cannot read file data", where=f"offset {start}")
    segments = tuple(_segments(layout.program_header, table))
    return Image(
        pread=pread,
        size=size,
        head=head,
        layout=layout,
        type=kind,
        machine=machine,
        version=version,
        flags=flags,
        segments=segments,
        loads=tuple([segment for segment in segments if segment[0] == PT_LOAD][::-1]),
    )


def read_dynamic(image: Image) -> Dynamic:
    """Read the dynamic section at its mapped address, as the loader does, up to DT_NULL.

    The loader ignores p_filesz unless it is 0. Source: glibc elf/get-dynamic-info.h, elf/dl-deps.c.
    """
    segment = image.segment(PT_DYNAMIC)
    if segment is None or not segment.file_size:
        return Dynamic((), {})
    start = image.offset_of(segment.address, "the dynamic section")
    for length in (segment.file_size, _MAX_DYNAMIC):
        found = _entries(image, image.memory(segment.address, min(length, _MAX_DYNAMIC)), start)
        if found is not None:
            return found
    raise MalformedElf("the dynamic section is truncated or unterminated", where=f"offset {start}")


def _entries(image: Image, table: bytes, start: int) -> Dynamic | None:
    """Return the entries before DT_NULL, or None without one."""
    needed: list[int] = []
    values: dict[int, int] = {}
    entry = image.layout.dynamic
    for tag, value in entry.iter_unpack(table[: len(table) // entry.size * entry.size]):
        if tag == DT_NEEDED:
            needed.append(value)
            if len(needed) > _MAX_NEEDED:
                raise MalformedElf(f"more than {_MAX_NEEDED} DT_NEEDED", where=f"offset {start}")
        elif tag:
            values[tag] = value
        else:
            return Dynamic(tuple(needed), values)
    return None


def read_chains(image: Image, start: int, walk: Callable[[Image, bytes, int], list[Row]]) -> list[Row]:
    """Walk a table without a length by its links: read 4 KiB first, and 1 MiB if a link points further."""
    for length in (HEAD, _MAX_TABLE):
        table = image.read(start, length)
        try:
            return walk(image, table, start)
        except struct_error:
            if len(table) < length:
                break
    raise MalformedElf("a version table exceeds the file", where=f"offset {start}")


def read_names(image: Image, values: dict[int, int], wanted: Iterable[int], limit: int = _MAX_NAMES) -> dict[int, str]:
    """Return the strings at these offsets of DT_STRTAB, with few reads.

    DT_STRSZ is ignored, as in the loader. Bytes that are not UTF-8 are kept by "surrogateescape". Raise MalformedElf
    for more than `limit` bytes of names.
    """
    offsets = sorted(wanted)
    if not offsets:
        return {}
    if DT_STRTAB not in values:
        raise MalformedElf("no DT_STRTAB for names", where="offset 0")
    base = image.offset_of(values[DT_STRTAB], "DT_STRTAB")
    names: dict[int, str] = {}
    budget = limit
    for cluster in _clusters(offsets):
        first = cluster[0]
        text = image.read(base + first, cluster[-1] - first + _TAIL)
        for offset in cluster:
            end = text.find(0, offset - first)
            name = text[offset - first : end] if end >= 0 else _long_name(image, base + offset)
            names[offset] = name.decode("utf-8", "surrogateescape")
            budget -= len(name)
            if budget < 0:
                raise MalformedElf(f"more than {limit} bytes of names", where=f"offset {base + offset}")
    return names


def _layout_of(head: bytes) -> Layout:
    if len(head) < HEADER_SIZE_32:
        raise MalformedElf("file too short", where=f"offset {len(head)}")
    if head[:4] != MAGIC:
        raise MalformedElf("invalid ELF header", where="offset 0")
    layout = LAYOUTS.get((head[4], head[5]))
    if layout is None:
        raise MalformedElf(f"unknown ELF class {head[4]} or data encoding {head[5]}", where="offset 4")
    if layout.wide and len(head) < HEADER_SIZE:
        raise MalformedElf("file too short", where=f"offset {len(head)}")
    return layout


def _segments(form: Struct, table: bytes) -> Iterator[Segment]:
    if form.size == 56:
        return map(Segment._make, form.iter_unpack(table))
    return (
        Segment(kind, flags, offset, address, physical, file_size, memory_size, align)
        for kind, offset, address, physical, file_size, memory_size, flags, align in form.iter_unpack(table)
    )


def _clusters(offsets: list[int]) -> Iterator[list[int]]:
    """Group sorted offsets that are read together."""
    cluster: list[int] = []
    for offset in offsets:
        if cluster and (offset - cluster[-1] > _GAP or offset - cluster[0] > _SPAN):
            yield cluster
            cluster = []
        cluster.append(offset)
    yield cluster


def _long_name(image: Image, offset: int) -> bytes:
    """Read a name that exceeds the read of its cluster, with growing reads."""
    for length in (HEAD, 64 << 10, _MAX_NAMES):
        text = image.read(offset, length)
        end = text.find(0)
        if end >= 0:
            return text[:end]
    raise MalformedElf("a name exceeds the file or is unterminated", where=f"offset {offset}")
