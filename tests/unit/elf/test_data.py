"""The data of an ELF file, where its strings are."""

from __future__ import annotations

import shutil
import struct
import subprocess
from typing import TYPE_CHECKING

import pytest

from builders.debian import unavailable
from builders.elf import Elf
from builders.elf_memory import in_memory
from pip_sysdeps.elf.data import loaded_data

if TYPE_CHECKING:
    from pathlib import Path

CODE = b"A library 1.2.3\0"
ALLOC, EXEC = 2, 4


def with_sections(elf: Elf, *sections: tuple[int, bytes]) -> bytes:
    """Append sections of given flags, and their table, to a file."""
    content = bytearray(elf.build())
    order, wide = ("<" if elf.little_endian else ">"), elf.elf_class == 64
    rows = []
    for flags, data in sections:
        row = (0, 1, flags, 0, len(content), len(data), 0, 0, 1, 0)
        rows.append(struct.pack(order + ("IIQQQQIIQQ" if wide else "10I"), *row))
        content += data
    start = len(content)
    at, form, counts = (40, "Q", 58) if wide else (32, "I", 46)
    struct.pack_into(order + form, content, at, start)
    struct.pack_into(order + "HHH", content, counts, len(rows[0]), len(rows), 0)
    return bytes(content) + b"".join(rows)


@pytest.mark.parametrize("elf_class", [64, 32])
@pytest.mark.parametrize("little_endian", [True, False])
def test_sections_with_data(elf_class: int, little_endian: bool) -> None:
    """Sections that are loaded and not executed are read, with a NUL around each."""
    elf = Elf(elf_class=elf_class, little_endian=little_endian)
    content = with_sections(elf, (ALLOC, b"one"), (ALLOC | EXEC, b"code"), (0, b"debug"), (ALLOC | 1, b"two"))
    assert loaded_data(*in_memory(content), limit=100) == b"\0one\0two\0"
    assert loaded_data(*in_memory(content), limit=4) == b"\0one\0t\0"


def test_without_sections() -> None:
    """Without section headers, the segments are read instead."""
    assert CODE in loaded_data(*in_memory(Elf(code=CODE).build()), limit=1 << 20)


@pytest.mark.parametrize("table", [(7, 1, 0), (64, 0, 0), (64, 5000, 0)])
def test_an_invalid_section_table(table: tuple[int, int, int]) -> None:
    """An invalid section table counts as none."""
    content = bytearray(with_sections(Elf(code=CODE), (ALLOC, b"one")))
    struct.pack_into("<HHH", content, 58, *table)
    assert CODE in loaded_data(*in_memory(bytes(content)), limit=1 << 20)


def test_sections_outside_the_file() -> None:
    """Such sections are skipped; the rest of the table counts."""
    content = with_sections(Elf(), (ALLOC, b"one"), (ALLOC, b"two"))
    assert loaded_data(*in_memory(content[:-64]), limit=100) == b"\0one\0"
    far = bytearray(content)
    struct.pack_into("<Q", far, len(content) - 64 + 24, 2**63)
    assert loaded_data(*in_memory(bytes(far)), limit=100) == b"\0one\0"


@pytest.mark.toolchain
def test_strings_of_a_compiled_library(tmp_path: Path) -> None:
    """Constants and variables, with symbols stripped or not."""
    if shutil.which("gcc") is None:
        unavailable("install gcc: apt-get install gcc")
    source = 'const char *name(void) { return "OpenSSL 3.0.15 3 Sep 2024"; }\nchar version[] = "krb5-1.2.3-final";\n'
    (tmp_path / "a.c").write_text(source)
    for options in ([], ["-s"]):
        subprocess.run(["gcc", "-shared", "-fPIC", *options, "a.c", "-o", "a.so"], cwd=tmp_path, check=True)
        data = loaded_data(*in_memory((tmp_path / "a.so").read_bytes()), limit=1 << 20)
        assert b"\0OpenSSL 3.0.15 3 Sep 2024\0" in data
        assert b"krb5-1.2.3-final\0" in data
