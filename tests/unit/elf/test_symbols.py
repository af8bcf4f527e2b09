"""Dynamic symbols and versions of built files; the differential test holds them against real ones."""

from __future__ import annotations

import struct
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.elf_memory import all_undefined, in_memory
from pip_sysdeps.elf.symbols import defined_names, defined_versions, defines_symbol, undefined_names
from pip_sysdeps.errors import MalformedElf

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = Elf(
    soname="liba.so.1",
    version_definitions=("A_1", "A_2"),
    version_needs=(("libc.so.6", ("GLIBC_2.2.5", "GLIBC_2.34")), ("libb.so.1", ("B_1",))),
    undefined=("malloc@GLIBC_2.2.5", "b@B_1", "unversioned"),
    defined=("old@A_1", "old@A_2", "PyInit_a@A_2"),
)
ENCODINGS = [(64, True), (64, False), (32, True), (32, False)]


@pytest.mark.parametrize(("elf_class", "little_endian"), ENCODINGS)
@pytest.mark.parametrize(("sysv_hash", "gnu_hash"), [(True, True), (True, False), (False, True)])
def test_defines_symbol(elf_class: int, little_endian: bool, sysv_hash: bool, gnu_hash: bool) -> None:
    """Either hash table finds defined symbols, and no undefined ones."""
    elf = replace(
        LIBRARY, elf_class=elf_class, little_endian=little_endian, sysv_hash=sysv_hash, gnu_hash=gnu_hash
    ).build()
    names = ("PyInit_a", "old", "malloc", "absent", "PyInit_")
    assert [name for name in names if defines_symbol(*in_memory(elf), name)] == ["PyInit_a", "old"]


@pytest.mark.parametrize("elf", [Elf(dynamic=False), Elf(sysv_hash=False, gnu_hash=False, defined=("PyInit_a",))])
def test_no_table_no_symbol(elf: Elf) -> None:
    """Without a hash table, the loader finds no symbol."""
    assert defines_symbol(*in_memory(elf.build()), "PyInit_a") is False


@pytest.mark.parametrize(("elf_class", "little_endian"), ENCODINGS)
@pytest.mark.parametrize("sysv_hash", [True, False])
def test_undefined_symbols_with_their_versions(elf_class: int, little_endian: bool, sysv_hash: bool) -> None:
    """In files of every class, whichever table counts the symbols."""
    elf = replace(LIBRARY, elf_class=elf_class, little_endian=little_endian, sysv_hash=sysv_hash).build()
    assert all_undefined(*in_memory(elf)) == {"malloc@GLIBC_2.2.5", "b@B_1", "unversioned@Base"}


@pytest.mark.toolchain
def test_hidden_symbols(tmp_path: Path) -> None:
    """A reference without a version does not find the hidden symbol `foo@V`, only `foo@@V`."""
    source = 'int foo_1(void) { return 1; }\nint bar(void) { return 2; }\n__asm__(".symver foo_1, foo@V");\n'
    (tmp_path / "a.c").write_text(source)
    (tmp_path / "a.map").write_text("V { global: foo; bar; local: *; };\n")
    options = ["-shared", "-fPIC", "-nostdlib", f"-Wl,--version-script,{tmp_path}/a.map"]
    subprocess.run(["gcc", *options, "-o", str(tmp_path / "a.so"), str(tmp_path / "a.c")], check=True)
    memory = in_memory((tmp_path / "a.so").read_bytes())
    assert defined_names(*memory) - {"V"} == {"foo", "bar"}
    assert defined_names(*memory, hidden=False) - {"V"} == {"bar"}


@pytest.mark.parametrize(
    ("versions", "names"),
    [
        ({"GLIBC_2.2.5", "B_1", "Base"}, {"malloc@GLIBC_2.2.5", "b@B_1", "unversioned@Base"}),
        ({"B_1", "A_2"}, {"b@B_1"}),
        ({"Base"}, {"unversioned@Base"}),
        (set(), set()),
    ],
)
def test_names_of_some_versions(versions: set[str], names: set[str]) -> None:
    """Undefined symbols of the versions asked for are spelled as in a symbols file."""
    assert undefined_names(*in_memory(LIBRARY.build()), versions=versions) == names


def test_more_symbols_than_a_byte_counts() -> None:
    """Hundreds of undefined symbols are reported from the defined ones behind them."""
    elf = Elf(undefined=tuple(f"u{number}" for number in range(300)), defined=("d1", "d2"), sysv_hash=True).build()
    assert all_undefined(*in_memory(elf)) == {f"u{number}@Base" for number in range(300)}


def test_program_that_exports_nothing() -> None:
    """Without an exported symbol DT_GNU_HASH does not count the undefined ones; the next table does."""
    elf = replace(LIBRARY, defined=(), version_definitions=(), sysv_hash=False).build()
    assert all_undefined(*in_memory(elf)) == {"malloc@GLIBC_2.2.5", "b@B_1", "unversioned@Base"}


def test_static_program_has_no_symbols() -> None:
    """A static program has no undefined symbols."""
    assert all_undefined(*in_memory(Elf(dynamic=False).build())) == frozenset()


def test_unversioned_file() -> None:
    """Without DT_VERSYM symbols have no version, and None says that there are no definitions."""
    elf = Elf(undefined=("f",), defined=("g",)).build()
    assert all_undefined(*in_memory(elf)) == {"f@Base"}
    assert defined_versions(*in_memory(elf)) is None


def test_defined_versions_leave_out_the_base() -> None:
    """The base version is the file's own name, nothing that anyone needs."""
    assert defined_versions(*in_memory(LIBRARY.build())) == ("A_1", "A_2")


@pytest.mark.parametrize(
    "elf",
    [
        pytest.param(Elf(sysv_hash=False, gnu_hash=False, extra_dynamic=((0x6FFFFEF5, 0x10000),)), id="DT_GNU_HASH"),
        pytest.param(Elf(sysv_hash=False, gnu_hash=False, extra_dynamic=((4, 0x10000),)), id="DT_HASH"),
        pytest.param(Elf(extra_dynamic=((6, 0x10000),)), id="DT_SYMTAB"),
    ],
)
def test_absurd_tables(elf: Elf) -> None:
    """A table outside of every segment is malformed."""
    with pytest.raises(MalformedElf, match=r"^offset 0: DT_\w+ at address 0x10000 is in no segment of the file$"):
        defines_symbol(*in_memory(elf.build()), "f")
    with pytest.raises(MalformedElf):
        all_undefined(*in_memory(elf.build()))


@pytest.mark.parametrize("tag", [4, 0x6FFFFEF5])
def test_hash_table_without_buckets(tag: int) -> None:
    """A hash table of zeroes finds nothing, and does not divide by it."""
    built = Elf(sysv_hash=False, gnu_hash=False, defined=("f",), extra_dynamic=((tag, 0x800),)).build()
    assert defines_symbol(*in_memory(stretched(built, 0x1000)), "f") is False


def test_symbols_of_a_chain_that_loops() -> None:
    """A chain of DT_HASH that leads back to itself ends."""
    table = struct.pack("<IIIII", 1, 0xFFFFFFFF, 1, 0, 1)
    built = Elf(sysv_hash=False, gnu_hash=False, defined=("f",), extra_dynamic=((4, 0x800),)).build()
    content = stretched(built, 0x800) + table + bytes(64)
    assert defines_symbol(*in_memory(stretched(content, 0x1000)), "g") is False


@pytest.mark.parametrize(
    ("tag", "table", "message"),
    [
        pytest.param(4, struct.pack("<II", 1, 0xFFFFFFFF), "more than 1048576 dynamic symbols", id="DT_HASH"),
        pytest.param(
            0x6FFFFEF5, struct.pack("<IIII", 0xFFFFFFFF, 1, 1, 5), "more than 1048576 hash buckets", id="DT_GNU_HASH"
        ),
    ],
)
def test_too_many_symbols(tag: int, table: bytes, message: str) -> None:
    """A hash table's numbers are bounded before anything is read by them."""
    built = Elf(sysv_hash=False, gnu_hash=False, undefined=("f",), extra_dynamic=((tag, 0x800),)).build()
    with pytest.raises(MalformedElf) as caught:
        all_undefined(*in_memory(stretched(stretched(built, 0x800) + table, 0x1000)))
    assert caught.value.reason == message


def test_version_definitions_without_end() -> None:
    """A version table in which definitions overlap four bytes apart ends."""
    built = stretched(Elf(extra_dynamic=((0x6FFFFFFC, 0x800),)).build(), 0x800)
    with pytest.raises(MalformedElf, match=r"^offset 2048: a version table (does not end|exceeds the file)$"):
        defined_versions(*in_memory(stretched(built + struct.pack("<I", 4) * 40_000, 0x28000)))


def stretched(content: bytes, size: int) -> bytes:
    """Return the file with zeroes up to a size, all of it in its first segment."""
    changed = bytearray(content.ljust(size, b"\0"))
    struct.pack_into("<QQ", changed, 64 + 32, size, size)
    return bytes(changed)
