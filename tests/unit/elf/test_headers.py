"""ELF facts: built files, each odd in one way."""

from __future__ import annotations

import struct
import time
import tracemalloc
from dataclasses import replace

import pytest

from builders.elf import PAGE, Elf
from builders.elf_memory import in_memory, parse, parse_elf
from builders.facts import elf
from pip_sysdeps.elf.headers import load_fault, parse_header
from pip_sysdeps.elf.image import HEAD, read_image
from pip_sysdeps.errors import MalformedElf
from pip_sysdeps.model.elf import ElfFile, VersionNeed

LIBRARY = Elf(soname="liba.so.1", needed=("libc.so.6",), version_needs=(("libc.so.6", ("GLIBC_2.34", "GLIBC_2.4?")),))
FACTS = elf(
    "libc.so.6",
    soname="liba.so.1",
    version_needs=(
        VersionNeed(soname="libc.so.6", version="GLIBC_2.34", weak=False),
        VersionNeed(soname="libc.so.6", version="GLIBC_2.4", weak=True),
    ),
)
NOTHING = FACTS._replace(dynamic=False, soname=None, needed=(), version_needs=())


def patched(content: bytes, offset: int, form: str, value: int) -> bytes:
    """Return the bytes with one little-endian number written over."""
    changed = bytearray(content)
    struct.pack_into("<" + form, changed, offset, value)
    return bytes(changed)


def dynamic_value(content: bytes, tag: int) -> int:
    """Return where a 64-bit little-endian file has the value of a dynamic entry."""
    headers = struct.iter_unpack("<IIQQQQQQ", content[64 : 64 + 56 * content[56]])
    start, size = next((row[2], row[5]) for row in headers if row[0] == 2)
    entries = struct.iter_unpack("<qQ", content[start : start + size])
    return int(start) + 8 + 16 * next(place for place, entry in enumerate(entries) if entry[0] == tag)


@pytest.mark.parametrize("segments", [1, 2])
@pytest.mark.parametrize("little_endian", [True, False])
@pytest.mark.parametrize("elf_class", [32, 64])
def test_every_fact_in_every_encoding(elf_class: int, little_endian: bool, segments: int) -> None:
    """All facts come back from either class and byte order, also where address and offset differ."""
    built = Elf(
        elf_class=elf_class,
        little_endian=little_endian,
        segments=segments,
        os_abi=3,
        abi_version=1,
        machine=40,
        header_flags=0x05000400,
        interpreter="/lib/ld-linux-armhf.so.3",
        executable_stack=True,
        soname="liba.so.1",
        needed=("libc.so.6", "libb.so.2"),
        rpath="$ORIGIN/../lib",
        runpath="/opt/lib:$ORIGIN",
        flags=1,
        textrel=True,
        flags_1=0x800,
        version_needs=(("libc.so.6", ("GLIBC_2.34", "GLIBC_2.4?")), ("libb.so.2", ("B_1",))),
        defined=("PyInit_a",),
    ).build()
    assert parse(built) == ElfFile(
        elf_class=elf_class,
        little_endian=little_endian,
        os_abi=3,
        abi_version=1,
        type=3,
        machine=40,
        header_flags=0x05000400,
        interpreter="/lib/ld-linux-armhf.so.3",
        dynamic=True,
        executable_stack=True,
        soname="liba.so.1",
        needed=("libc.so.6", "libb.so.2"),
        rpath="$ORIGIN/../lib",
        runpath="/opt/lib:$ORIGIN",
        flags=5,
        flags_1=0x800,
        version_needs=(
            VersionNeed(soname="libc.so.6", version="GLIBC_2.34", weak=False),
            VersionNeed(soname="libc.so.6", version="GLIBC_2.4", weak=True),
            VersionNeed(soname="libb.so.2", version="B_1", weak=False),
        ),
    )


@pytest.mark.parametrize(
    ("elf", "facts"),
    [
        pytest.param(LIBRARY, FACTS, id="library"),
        pytest.param(Elf(type=2, dynamic=False), NOTHING._replace(type=2), id="static"),
        pytest.param(Elf(flags_1=0x08000000), NOTHING._replace(dynamic=True, flags_1=0x08000000), id="static-pie"),
        pytest.param(
            Elf(type=1, dynamic=False, executable_stack=None),
            NOTHING._replace(type=1, executable_stack=None),
            id="ET_REL",
        ),
        pytest.param(
            replace(LIBRARY, executable_stack=None), FACTS._replace(executable_stack=None), id="no PT_GNU_STACK"
        ),
        pytest.param(replace(LIBRARY, extra_dynamic=((36, 0x40), (35, 8), (37, 8))), FACTS, id="DT_RELR"),
        pytest.param(replace(LIBRARY, extra_headers=((0x6474E553, 4),)), FACTS, id="PT_GNU_PROPERTY"),
        pytest.param(
            replace(LIBRARY, extra_headers=((0x6474E550, 4),) * 300), FACTS, id="program headers beyond the head"
        ),
        pytest.param(replace(LIBRARY, dynstr_padding=3 << 20), FACTS, id="huge string table"),
        pytest.param(replace(LIBRARY, segments=2), FACTS, id="several LOADs"),
        pytest.param(replace(LIBRARY, soname="lib\udcff.so"), FACTS._replace(soname="lib\udcff.so"), id="not UTF-8"),
        pytest.param(replace(LIBRARY, runpath=""), FACTS._replace(runpath=""), id="empty runpath"),
        pytest.param(replace(LIBRARY, runpath="/r" * 9000), FACTS._replace(runpath="/r" * 9000), id="long runpath"),
        pytest.param(
            replace(LIBRARY, needed=tuple(f"lib{n}.so" for n in range(900))),
            FACTS._replace(needed=tuple(f"lib{n}.so" for n in range(900))),
            id="many needed",
        ),
    ],
)
def test_facts(elf: Elf, facts: ElfFile) -> None:
    """Files of every kind give their facts."""
    assert parse(elf.build()) == facts


def test_names_that_lie_far_apart() -> None:
    """Names at both ends of a string table of 50 MB come back without reading what lies between."""
    built = Elf(needed=("libnear.so",), dynstr_padding=50 << 20, soname="libfar.so").build()
    near = built.index(b"libnear.so\0")
    start = near - 1 - (50 << 20)  # of the string table
    built = built[: start + 8] + b"libnear.so\0" + built[start + 19 :]
    built = patched(built, dynamic_value(built, 1), "Q", 8)
    reads = 0
    pread, size = in_memory(built)

    def counting(length: int, offset: int) -> bytes:
        nonlocal reads
        reads += length
        return pread(length, offset)

    facts = parse_elf(counting, size)
    assert (facts.needed, facts.soname) == (("libnear.so",), "libfar.so")
    assert reads < 3 * HEAD


def test_last_of_a_repeated_tag_counts() -> None:
    """Of two DT_SONAME the loader keeps the last one (elf/get-dynamic-info.h)."""
    built = Elf(soname="first.so", rpath="last.so").build()
    as_soname = patched(built, dynamic_value(built, 15) - 8, "Q", 14)
    assert parse(as_soname).soname == "last.so"


def test_string_table_size_does_not_matter() -> None:
    """The loader does not look at DT_STRSZ."""
    built = LIBRARY.build()
    assert parse(patched(built, dynamic_value(built, 10), "Q", 1)) == FACTS


def test_later_load_wins() -> None:
    """Where two LOADs claim an address the later mapping counts."""
    built = replace(LIBRARY, segments=2).build()
    moved = built + bytes(-len(built) % PAGE) + built  # a second copy, whose names differ
    offset = len(moved) - len(built)
    moved = moved[:offset] + moved[offset:].replace(b"liba.so.1", b"libz.so.9")
    header = struct.pack("<IIQQQQQQ", 1, 5, offset, 0, 0, PAGE, PAGE, PAGE)
    stack = 64 + 56 * 3
    assert parse(moved[:stack] + header + moved[stack + 56 :]).soname == "libz.so.9"


def test_detached_debug_file() -> None:
    """A dynamic section that has memory but no bytes marks a debug file."""
    built = LIBRARY.build()
    built = patched(built, 64 + 56 + 32, "Q", 0)
    assert parse(built) == NOTHING._replace(detached=True)


def test_detached_debug_file_of_a_static_program() -> None:
    """Code that has memory but no bytes marks a debug file."""
    assert parse(patched(Elf(dynamic=False).build(), 64 + 32, "Q", 0)) == NOTHING._replace(detached=True)


GOOD = LIBRARY.build()
VERNEED = struct.unpack_from("<Q", GOOD, dynamic_value(GOOD, 0x6FFFFFFE))[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "offset 0: file too short", id="empty"),
        pytest.param(GOOD[:63], "offset 63: file too short", id="cut header"),
        pytest.param(b"MZ" + GOOD[2:], "offset 0: invalid ELF header", id="magic"),
        pytest.param(patched(GOOD, 4, "B", 7), "offset 4: unknown ELF class 7 or data encoding 1", id="class"),
        pytest.param(patched(GOOD, 5, "B", 0), "offset 4: unknown ELF class 2 or data encoding 0", id="data"),
        pytest.param(
            patched(GOOD, 54, "H", 57), "offset 0: ELF file's phentsize not the expected size", id="phentsize"
        ),
        pytest.param(GOOD[:64], "offset 64: cannot read file data", id="cut program headers"),
        pytest.param(
            patched(GOOD, 32, "Q", 2**64 - 1), f"offset {2**64 - 1}: cannot read file data", id="absurd e_phoff"
        ),
        pytest.param(patched(GOOD, 56, "H", 0xFFFF), "offset 64: cannot read file data", id="absurd e_phnum"),
        pytest.param(
            patched(GOOD, 64 + 56 + 16, "Q", 2**63),
            "offset 0: the dynamic section at address 0x8000000000000000 is in no segment of the file",
            id="absurd dynamic address",
        ),
        pytest.param(
            patched(GOOD, dynamic_value(GOOD, 5), "Q", 0xFFFF0000),
            "offset 0: DT_STRTAB at address 0xffff0000 is in no segment of the file",
            id="absurd DT_STRTAB",
        ),
        pytest.param(
            patched(GOOD, dynamic_value(GOOD, 5) - 8, "Q", 99), "offset 0: no DT_STRTAB for names", id="no DT_STRTAB"
        ),
        pytest.param(
            patched(GOOD, dynamic_value(GOOD, 1), "Q", 1 << 40),
            f"offset {(1 << 40) + struct.unpack_from('<Q', GOOD, dynamic_value(GOOD, 5))[0]}: "
            "a name exceeds the file or is unterminated",
            id="absurd name",
        ),
        pytest.param(
            patched(GOOD, VERNEED + 12, "I", 0xFFFFFFFF),
            f"offset {VERNEED}: a version table exceeds the file",
            id="absurd vn_next",
        ),
    ],
)
def test_malformed(content: bytes, message: str) -> None:
    """A malformed structure is named with its offset."""
    with pytest.raises(MalformedElf) as caught:
        parse(content)
    assert str(caught.value) == message


def test_dynamic_section_cut_off() -> None:
    """A dynamic section that the end of the file cuts before DT_NULL is malformed."""
    start = struct.unpack_from("<Q", GOOD, 64 + 56 + 8)[0]
    with pytest.raises(MalformedElf, match=r"the dynamic section is truncated or unterminated"):
        parse(GOOD[: start + 16 * 3])


def test_too_many_needed_names() -> None:
    """The number of DT_NEEDED is bounded."""
    with pytest.raises(MalformedElf, match=r"^offset \d+: more than 4096 DT_NEEDED$"):
        parse(Elf(extra_dynamic=((1, 0),) * 4097).build())


def test_too_many_bytes_of_needed_names() -> None:
    """The bytes of all names together are bounded, though each is the tail of another."""
    elf = Elf(extra_dynamic=tuple((1, offset) for offset in range(1, 90)), dynstr_padding=100_000).build()
    with pytest.raises(MalformedElf, match=r"^offset \d+: more than 4194304 bytes of names$"):
        parse(elf.replace(bytes(99_000), b"a" * 99_000))


def looping_versions() -> bytes:
    """Return a file of 4 KB with 100 needs that share 400 overlapping versions: more steps than versions can be told.

    Links only lead forward, but what they lead to may be shared: the table is quadratic in its size.
    """
    start, needs = 0x300, 100
    built = Elf(extra_dynamic=((0x6FFFFFFE, start),)).build().ljust(start, b"\0")
    built = patched(patched(built, 64 + 32, "Q", 4096), 64 + 40, "Q", 4096)
    rows = [struct.pack("<HHIII", 1, 1, 0, 16 * (needs - n), 16 * (n < needs - 1)) for n in range(needs)]
    versions = struct.pack("<I", 4) * 400  # read at any of these, vna_next is 4
    return (built + b"".join(rows) + versions).ljust(4096, b"\0")


def hostile_names() -> bytes:
    """Return a file with 130 needed names, each the tail of the one before."""
    built = Elf(extra_dynamic=tuple((1, offset) for offset in range(1, 131)), dynstr_padding=1500).build()
    return built.replace(bytes(1400), b"a" * 1400)


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        pytest.param(looping_versions(), "more than 4096 version needs", id="version table"),
        pytest.param(hostile_names(), "", id="names"),
        pytest.param(patched(GOOD, VERNEED + 12, "I", 1), "a version table exceeds the file", id="vn_next 1"),
        pytest.param(patched(GOOD, 64 + 56 + 32, "Q", 2**62), "", id="huge dynamic section"),
    ],
)
def test_small_hostile_files_are_cheap(content: bytes, outcome: str) -> None:
    """A file of 4 KB costs neither a second nor 100 MB, whatever comes of it."""
    assert len(content) <= 4096
    tracemalloc.start()
    started = time.process_time()
    try:
        parse(content)
        came = ""
    except MalformedElf as error:
        came = error.reason
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert came == outcome
    assert time.process_time() - started < 1
    assert peak < 10 << 20


def test_every_prefix_is_facts_or_malformed() -> None:
    """A file cut anywhere gives facts or MalformedElf, nothing else."""
    cut = 0
    for length in range(len(GOOD)):
        try:
            parse(GOOD[:length])
        except MalformedElf as error:  # noqa: PERF203 - 700 tries
            assert error.where.startswith("offset ")  # noqa: PT017 - both outcomes are right
            cut += 1
    assert cut > len(GOOD) // 2


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(GOOD, "", id="good"),
        pytest.param(patched(GOOD, 6, "B", 2), "ELF file version ident does not match current one", id="EI_VERSION"),
        pytest.param(patched(GOOD, 12, "B", 1), "nonzero padding in e_ident", id="EI_PAD"),
        pytest.param(patched(GOOD, 20, "I", 2), "ELF file version does not match current one", id="e_version"),
        pytest.param(patched(GOOD, 64, "I", 99), "object file has no loadable segments", id="no PT_LOAD"),
        pytest.param(
            patched(GOOD, 64 + 8, "Q", 8), "ELF load command address/offset not page-aligned", id="page alignment"
        ),
    ],
)
def test_load_fault(content: bytes, fault: str) -> None:
    """A fault that stops only the loader is reported in the loader's words."""
    assert load_fault(read_image(*in_memory(content))) == fault


def test_header_of_a_broken_file() -> None:
    """The header alone tells class and machine, also where nothing else can be read; an unknown class is 0."""
    content = patched(Elf(elf_class=32, machine=3).build()[:64], 4, "B", 9)
    nothing = NOTHING._replace(elf_class=0, machine=3, executable_stack=None)
    assert parse_header(content) == nothing
