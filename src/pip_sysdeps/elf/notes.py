"""`.note.dlopen` notes: the libraries that an ELF file may open, as its developers declare.

Source: UAPI.12, "ELF Dlopen Metadata"; gABI, "Note Section".
"""

from __future__ import annotations

import json
from itertools import islice
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.elf.image import Image, Pread, Segment, read_image
from pip_sysdeps.errors import MalformedElf

if TYPE_CHECKING:
    from collections.abc import Iterator

_PT_NOTE = 4
_OWNER, _TYPE = b"FDO\0", 0x407C0C0A
_MAX_NOTES = 1 << 20
"""Limit on the bytes of one segment's notes."""
_MAX_ROWS = 1000
"""Limit on the features of a file; systemd's libraries have ten."""
_MAX_SONAMES = 20
_PRIORITIES = ("required", "recommended", "suggested")


class DlopenNote(NamedTuple):
    """One feature of a file with its libraries; the file opens the first available one."""

    sonames: tuple[str, ...]
    """`soname`: alternatives, best first."""
    feature: str
    """`feature`; empty if absent."""
    description: str
    """`description`; empty if absent."""
    priority: str
    """`priority`: required, recommended, or suggested; recommended if absent."""


def dlopen_notes(pread: Pread, size: int) -> tuple[DlopenNote, ...]:
    """Return the dlopen notes of a file, in order. Raise MalformedElf for contents that break the specification."""
    image = read_image(pread, size)
    segments = dict.fromkeys(segment for segment in image.segments if segment.type == _PT_NOTE)
    notes = (
        note for segment in segments for place, contents in _notes(image, segment) for note in _parse(contents, place)
    )
    found = tuple(islice(notes, _MAX_ROWS + 1))
    if len(found) > _MAX_ROWS:
        raise MalformedElf(f"more than {_MAX_ROWS} dlopen notes", where="offset 0")
    return found


def _notes(image: Image, segment: Segment) -> Iterator[tuple[int, bytes]]:
    """Yield offset and contents of each dlopen note, up to the first that exceeds the segment."""
    table = image.read(segment.offset, min(segment.file_size, _MAX_NOTES))
    head = Struct(image.layout.order + "III")
    align = 8 if segment.align == 8 else 4
    place = 0
    while place + head.size <= len(table):
        owner_size, size, kind = head.unpack_from(table, place)
        owner = place + head.size
        start = _align(owner + owner_size, align)
        if kind == _TYPE and table[owner : owner + owner_size] == _OWNER:
            yield segment.offset + start, table[start : start + size]
        place = _align(start + size, align)


def _align(place: int, align: int) -> int:
    return place + -place % align


def _parse(contents: bytes, place: int) -> Iterator[DlopenNote]:
    try:
        rows = json.loads(contents.rstrip(b"\0").decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MalformedElf("a dlopen note is not JSON", where=f"offset {place}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise MalformedElf("a dlopen note is not an array of objects", where=f"offset {place}")
    for row in rows:
        sonames = row.get("soname")
        if isinstance(sonames, list) and len(sonames) > _MAX_SONAMES:
            raise MalformedElf(f"more than {_MAX_SONAMES} names in a dlopen note", where=f"offset {place}")
        texts = [row.get(key, default) for key, default in (("feature", ""), ("description", ""), ("priority", ""))]
        if not isinstance(sonames, list) or not all(_is_text(value) for value in (*sonames, *texts)):
            raise MalformedElf("a dlopen note has a value of the wrong type", where=f"offset {place}")
        feature, description, priority = texts
        yield DlopenNote(
            sonames=tuple(sonames),
            feature=feature,
            description=description,
            priority=priority if priority in _PRIORITIES else "recommended",
        )


def _is_text(value: object) -> bool:
    """Return whether a value is text that UTF-8 can encode: JSON can also escape a single surrogate."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)
