"""ELF bytes in memory, read as a file would be."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.elf.data import loaded_data
from pip_sysdeps.elf.headers import facts_of, load_fault, parse_header
from pip_sysdeps.elf.image import HEADER_SIZE, MAGIC, read_image
from pip_sysdeps.elf.notes import dlopen_notes
from pip_sysdeps.elf.relocations import required_symbols
from pip_sysdeps.elf.symbols import defined_names, defined_versions, defines_symbol, undefined_names
from pip_sysdeps.errors import MalformedElf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pip_sysdeps.elf.image import Pread
    from pip_sysdeps.model.elf import ElfFile


def in_memory(content: bytes) -> tuple[Pread, int]:
    """Return the two arguments that every ELF parser takes."""

    def pread(size: int, offset: int) -> bytes:
        assert size >= 0
        assert 0 <= offset < 2**63, "pread(2) takes an off_t"
        return content[offset : offset + size]

    return pread, len(content)


def parse_elf(pread: Pread, size: int) -> ElfFile:
    """Return the facts of an ELF file."""
    return facts_of(read_image(pread, size))


def parse(content: bytes) -> ElfFile:
    """Return the facts of ELF bytes."""
    return parse_elf(*in_memory(content))


class _Every(Container[str]):
    def __contains__(self, _: object) -> bool:
        return True


def all_undefined(pread: Pread, size: int) -> frozenset[str]:
    """Return the undefined symbols of every version, as `name@version`."""
    return undefined_names(pread, size, versions=_Every())


QUESTIONS: tuple[Callable[[Pread, int], object], ...] = (
    parse_elf,
    lambda pread, size: load_fault(read_image(pread, size)),
    lambda pread, size: defines_symbol(pread, size, "PyInit_a"),
    all_undefined,
    defined_names,
    defined_versions,
    required_symbols,
    dlopen_notes,
    lambda pread, size: loaded_data(pread, size, 1 << 16).decode("latin-1"),
)
"""All that is asked of an ELF file."""


def outcomes(content: bytes) -> tuple[str, ...]:
    """Call every ELF function on some bytes; return the kind of each result, or why the bytes are malformed.

    Any other exception is a bug, and is not caught.
    """
    arguments = in_memory(content)
    if content.startswith(MAGIC) and len(content) >= HEADER_SIZE:
        parse_header(content)
    return tuple(_outcome(question, arguments) for question in QUESTIONS)


def _outcome(question: Callable[[Pread, int], object], arguments: tuple[Pread, int]) -> str:
    try:
        answer = question(*arguments)
    except MalformedElf as error:
        if not error.where.startswith("offset "):
            raise
        return re.sub(r"(0x)?[0-9a-f]*[0-9][0-9a-f]*", "#", error.reason)
    for name in _names(answer):
        name.encode("utf-8", "surrogateescape")  # what is not UTF-8 is kept so, and can be written again
    return f"{type(answer).__name__} {bool(answer)}"


def _names(answer: object) -> Iterator[str]:
    """Yield every string of an answer."""
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, tuple):
        for part in answer:
            yield from _names(part)
    elif is_dataclass(answer):
        for field in fields(answer):
            yield from _names(getattr(answer, field.name))
