"""Any bytes are an ELF file's facts or MalformedElf, at a bounded cost."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from builders.elf import Elf
from builders.elf_memory import all_undefined, in_memory, outcomes, parse
from pip_sysdeps.elf.symbols import defines_symbol
from pip_sysdeps.model.elf import VersionNeed

BASES = [
    Elf(
        elf_class=elf_class,
        little_endian=little_endian,
        interpreter="/lib/ld.so",
        soname="liba.so.1",
        needed=("libc.so.6", "libb.so"),
        runpath="$ORIGIN",
        version_needs=(("libc.so.6", ("GLIBC_2.34", "GLIBC_2.4?")),),
        version_definitions=("A_1",),
        undefined=("malloc@GLIBC_2.34",),
        defined=("PyInit_a@A_1",),
        notes=(("FDO", 0x407C0C0A, b'[{"soname": ["libz.so.1"]}]'),),
    ).build()
    for elf_class in (32, 64)
    for little_endian in (True, False)
]
ODD = (0, 1, 2, 4, 8, 0x40, 0xFF, 0xFFFF, 2**31, 2**32 - 1, 2**63, 2**64 - 1)
NUMBERS = st.sampled_from(ODD) | st.integers(0, 2**64 - 1)
EDITS = st.lists(st.tuples(st.integers(0, 1000), st.sampled_from([1, 2, 4, 8]), NUMBERS), max_size=6)
NAMES = st.binary(max_size=20).map(lambda name: name.replace(b"\0", b"").decode("utf-8", "surrogateescape"))


def bounded(content: bytes) -> None:
    """Run every call on the bytes, within a second: they are small."""
    started = time.process_time()
    outcomes(content)
    assert time.process_time() - started < 1


@given(st.binary(max_size=300).map(lambda tail: b"\x7fELF" + tail))
def test_any_bytes(content: bytes) -> None:
    """Bytes behind the magic give facts or MalformedElf."""
    bounded(content)


@given(st.sampled_from(BASES), EDITS, st.integers(0, 2000))
def test_broken_files(base: bytes, edits: list[tuple[int, int, int]], length: int) -> None:
    """A good file with numbers written over, and cut, gives facts or MalformedElf."""
    content = bytearray(base)
    for place, width, number in edits:
        content[place : place + width] = (number & (256**width - 1)).to_bytes(width, "little")
    bounded(bytes(content[: length or None]))


@given(st.lists(NAMES, max_size=5, unique=True), NAMES, st.sampled_from([32, 64]), st.booleans(), st.integers(1, 2))
def test_names_come_back(needed: list[str], runpath: str, elf_class: int, little_endian: bool, segments: int) -> None:
    """Whatever names a file is built with are read from it."""
    facts = parse(
        Elf(
            elf_class=elf_class,
            little_endian=little_endian,
            segments=segments,
            needed=tuple(needed),
            runpath=runpath,
            version_needs=tuple((name, (f"V_{name}",)) for name in needed),
        ).build()
    )
    assert (facts.needed, facts.runpath) == (tuple(needed), runpath)
    needs = tuple(VersionNeed(soname=name, version=f"V_{name}".rstrip("?"), weak=name.endswith("?")) for name in needed)
    assert facts.version_needs == needs


SYMBOLS = st.lists(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True), max_size=8, unique=True)


@given(SYMBOLS, st.integers(0, 8), st.booleans(), st.booleans())
def test_symbols_come_back(names: list[str], split: int, sysv_hash: bool, little_endian: bool) -> None:
    """Whatever symbols a file is built with, the undefined ones are listed, and the defined ones found."""
    undefined, defined = tuple(names[:split]), tuple(names[split:])
    built = in_memory(
        Elf(undefined=undefined, defined=defined, sysv_hash=sysv_hash, little_endian=little_endian).build()
    )
    assert all_undefined(*built) == {f"{name}@Base" for name in undefined}
    assert [name for name in names if defines_symbol(*built, name)] == list(defined)
