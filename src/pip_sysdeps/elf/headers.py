"""The facts of an ELF file from its program headers and dynamic section.

Source: gABI chapters 4 and 5; LSB Core, "Symbol Versioning"; glibc elf/dl-load.c and elf/dl-version.c.
"""

from __future__ import annotations

from pip_sysdeps.elf.image import (
    LAYOUTS,
    PAGE,
    PT_DYNAMIC,
    Image,
    read_chains,
    read_dynamic,
    read_names,
)
from pip_sysdeps.errors import MalformedElf
from pip_sysdeps.model.elf import ElfFile, VersionNeed

ET_REL, ET_CORE = 1, 4
MAX_CHAIN = 1 << 15
_MAX_VERSION_NEEDS = 1 << 12  # real objects have less than a hundred
"""Steps through a version table: a version's index has 15 bits."""

_PT_INTERP, _PT_GNU_STACK = 3, 0x6474E551
_DT_SONAME, _DT_RPATH, _DT_TEXTREL, _DT_RUNPATH, _DT_FLAGS = 14, 15, 22, 29, 30
_DT_FLAGS_1, _DT_VERNEED = 0x6FFFFFFB, 0x6FFFFFFE
_DF_TEXTREL, _VER_FLG_WEAK = 0x4, 0x2
_PF_X = 0x1
_MAX_PATH = 4096
"""Limit on the bytes of PT_INTERP, as in Linux."""


def facts_of(image: Image) -> ElfFile:
    """Return the facts of a file.

    Raise MalformedElf, with the offset, for an invalid dynamic section or table. Time and memory are bounded: at most a
    few MB of names and tables are read.
    """
    dynamic = read_dynamic(image)
    needs = read_version_needs(image, dynamic.values)
    values = dynamic.values
    single = [values[tag] for tag in (_DT_SONAME, _DT_RPATH, _DT_RUNPATH) if tag in values]
    name_offsets = {*dynamic.needed, *single, *(offset for need in needs for offset in need[:2])}
    names = read_names(image, values, name_offsets)
    stack = image.segment(_PT_GNU_STACK)
    return ElfFile(
        elf_class=64 if image.layout.wide else 32,
        little_endian=image.layout.order == "<",
        os_abi=image.head[7],
        abi_version=image.head[8],
        type=image.type,
        machine=image.machine,
        header_flags=image.flags,
        interpreter=_interpreter(image),
        dynamic=bool(values),
        executable_stack=None if stack is None else bool(stack.flags & _PF_X),
        soname=names[values[_DT_SONAME]] if _DT_SONAME in values else None,
        needed=tuple([names[offset] for offset in dynamic.needed]),
        rpath=names[values[_DT_RPATH]] if _DT_RPATH in values else None,
        runpath=names[values[_DT_RUNPATH]] if _DT_RUNPATH in values else None,
        flags=values.get(_DT_FLAGS, 0) | (_DF_TEXTREL if _DT_TEXTREL in values else 0),
        flags_1=values.get(_DT_FLAGS_1, 0),
        version_needs=tuple(
            [
                VersionNeed(soname=names[soname], version=names[version], weak=bool(flags & _VER_FLG_WEAK))
                for soname, version, flags, _ in needs
            ]
        ),
        detached=_is_detached(image),
    )


def parse_header(head: bytes) -> ElfFile:
    """Return the facts of the ELF header alone: the loader may skip a file that is broken after it.

    `head` is the magic and at least 60 bytes more; an unknown class is 0.
    """
    layout = LAYOUTS[2 if head[4] == 2 else 1, 2 if head[5] == 2 else 1]
    kind, machine, _, _, _, _, flags, *_ = layout.header.unpack_from(head, 16)
    return ElfFile(
        elf_class={1: 32, 2: 64}.get(head[4], 0),
        little_endian=head[5] == 1,
        os_abi=head[7],
        abi_version=head[8],
        type=kind,
        machine=machine,
        header_flags=flags,
    )


def load_fault(image: Image) -> str:
    """Return the loader's error for a file with valid facts; empty for a valid file.

    Class, data encoding, machine, OS ABI and type are checked first, by the facts. Source: glibc 2.36 elf/dl-load.c,
    open_verify and _dl_map_object_from_fd; measured.
    """
    head = image.head
    if head[6] != 1:
        return "ELF file version ident does not match current one"
    if any(head[9:16]):
        return "nonzero padding in e_ident"
    if image.version != 1:
        return "ELF file version does not match current one"
    if not image.loads:
        return "object file has no loadable segments"
    if any((load.address - load.offset) % PAGE for load in image.loads):
        return "ELF load command address/offset not page-aligned"
    return ""


def read_version_needs(image: Image, values: dict[int, int]) -> list[tuple[int, int, int, int]]:
    """Return a row for each Vernaux of DT_VERNEED: string offsets of soname and version, flags, version index."""
    if _DT_VERNEED not in values:
        return []
    start = image.offset_of(values[_DT_VERNEED], "DT_VERNEED")
    return read_chains(image, start, _follow_version_needs)


def _follow_version_needs(image: Image, table: bytes, start: int) -> list[tuple[int, int, int, int]]:
    """Follow the links to their ends, ignoring the counts, as elf/dl-version.c does. Links only lead forward."""
    need, aux = image.layout.verneed.unpack_from, image.layout.vernaux.unpack_from
    rows: list[tuple[int, int, int, int]] = []
    place, next_need, steps = 0, -1, 0
    while next_need:
        _, _, soname, first, next_need = need(table, place)
        aux_place, next_aux = place + first, -1
        while next_aux:
            _, flags, index, version, next_aux = aux(table, aux_place)
            rows.append((soname, version, flags, index))
            aux_place += next_aux
            steps += 1
            if steps > _MAX_VERSION_NEEDS:
                raise MalformedElf(f"more than {_MAX_VERSION_NEEDS} version needs", where=f"offset {start}")
        place += next_need
    return rows


def _interpreter(image: Image) -> str | None:
    """Return the first PT_INTERP, up to its first NUL, as in execve(2)."""
    for segment in image.segments:
        if segment[0] == _PT_INTERP:
            text = image.read(segment.offset, min(segment.file_size, _MAX_PATH)).partition(b"\0")[0]
            return text.decode("utf-8", "surrogateescape") or None
    return None


def _is_detached(image: Image) -> bool:
    """Return whether a file is a detached debug file: its dynamic section or all its code is not in the file."""
    dynamic = image.segment(PT_DYNAMIC)
    if dynamic is not None and dynamic.memory_size and not dynamic.file_size:
        return True
    code = [segment for segment in image.loads if segment.flags & _PF_X]
    return bool(code) and all(segment.memory_size and not segment.file_size for segment in code)
