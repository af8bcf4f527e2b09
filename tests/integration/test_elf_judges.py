"""Compare ELF facts of this machine's files with pyelftools and readelf, and built files with the real loader."""

from __future__ import annotations

import glob
import os
import platform
import re
import shutil
import stat
import struct
import subprocess
import sys
import sysconfig
import zlib
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import pytest

from builders.debian import unavailable
from builders.elf import Elf
from builders.elf_memory import all_undefined, parse_elf
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.elf.relocations import required_symbols
from pip_sysdeps.elf.symbols import defined_names, defined_versions, defines_symbol
from pip_sysdeps.model.elf import ElfFile, VersionNeed
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pip_sysdeps.elf.image import Pread

SAMPLE = 20
"""One file in so many is in the quick run."""


# ------------------------------------------------------------------------------------------ the files of this machine


@cache
def files() -> tuple[str, ...]:
    """Return every ELF file of the machine's program and library folders."""
    folders = {
        os.path.realpath(path) for path in ("/usr/lib", "/usr/bin", "/usr/sbin", "/usr/libexec", sys.base_prefix)
    }
    walked = (os.path.join(folder, name) for top in folders for folder, _, names in os.walk(top) for name in names)
    return tuple(sorted({path for path in walked if _is_elf(path)}))


@cache
def sample() -> tuple[str, ...]:
    """Return about a hundred files, the same on every run, chosen by the checksum of their names."""
    folders = ("/usr/bin", *glob.glob("/usr/lib/*-linux-gnu*"), sysconfig.get_config_var("DESTSHARED") or "/usr/lib")
    paths = (os.path.join(folder, name) for folder in folders for name in os.listdir(folder))
    return tuple(sorted(path for path in paths if zlib.crc32(path.encode()) % SAMPLE == 0 and _is_elf(path)))


def _is_elf(path: str) -> bool:
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def ask(path: str, question: Callable[[Pread, int], Any]) -> Any:  # noqa: ANN401 - whatever the question answers
    """Call a function on a file."""
    with open(path, "rb") as file:
        return question(lambda size, offset: os.pread(file.fileno(), size, offset), os.fstat(file.fileno()).st_size)


# ------------------------------------------------------------------------------------------------ pyelftools' answers


def facts_of_pyelftools(path: str) -> ElfFile:
    """Return the facts of pyelftools in our form."""
    from elftools.elf.elffile import ELFFile
    from elftools.elf.enums import ENUM_E_MACHINE, ENUM_E_TYPE, ENUM_EI_OSABI

    with open(path, "rb") as file:
        elf = ELFFile(file)
        header = elf.header
        segments: list[Any] = list(elf.iter_segments())
        tags = [tag for segment in segments if segment.header.p_type == "PT_DYNAMIC" for tag in segment.iter_tags()]
        numbers = {tag.entry.d_tag: tag.entry.d_val for tag in tags}
        names = {
            tag.entry.d_tag: getattr(tag, tag.entry.d_tag[3:].lower())
            for tag in tags
            if tag.entry.d_tag in {"DT_SONAME", "DT_RPATH", "DT_RUNPATH"}
        }
        stacks = [segment.header.p_flags for segment in segments if segment.header.p_type == "PT_GNU_STACK"]
        interpreters = [segment.get_interp_name() for segment in segments if segment.header.p_type == "PT_INTERP"]
        return ElfFile(
            elf_class=elf.elfclass,
            little_endian=elf.little_endian,
            os_abi=ENUM_EI_OSABI[header.e_ident.EI_OSABI],
            abi_version=header.e_ident.EI_ABIVERSION,
            type=ENUM_E_TYPE[header.e_type],
            machine=ENUM_E_MACHINE[header.e_machine],
            header_flags=header.e_flags,
            interpreter=interpreters[0] if interpreters else None,
            dynamic=bool(numbers.keys() - {"DT_NULL"}),
            executable_stack=bool(stacks[-1] & 1) if stacks else None,
            soname=names.get("DT_SONAME"),
            needed=tuple(tag.needed for tag in tags if tag.entry.d_tag == "DT_NEEDED"),
            rpath=names.get("DT_RPATH"),
            runpath=names.get("DT_RUNPATH"),
            flags=numbers.get("DT_FLAGS", 0) | (4 if "DT_TEXTREL" in numbers else 0),
            flags_1=numbers.get("DT_FLAGS_1", 0),
            version_needs=tuple(
                VersionNeed(soname=need.name, version=aux.name, weak=bool(aux.entry.vna_flags & 2))
                for need, aux in _version_needs(elf)
            ),
        )


def _version_needs(elf: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - pyelftools has no types
    section: Any = elf.get_section_by_name(".gnu.version_r")
    if section is not None and section.header.sh_type != "SHT_NOBITS":
        for need, auxiliaries in section.iter_versions():
            for auxiliary in auxiliaries:
                yield need, auxiliary


def symbols_of_pyelftools(path: str) -> tuple[list[str], list[str], list[str] | None]:
    """Return undefined symbols with their versions, defined ones, and the defined versions, as section headers do."""
    from elftools.elf.elffile import ELFFile

    with open(path, "rb") as file:
        elf: Any = ELFFile(file)
        table, indices = elf.get_section_by_name(".dynsym"), elf.get_section_by_name(".gnu.version")
        versions = {aux.entry.vna_other: aux.name for _, aux in _version_needs(elf)}
        definitions, defined = elf.get_section_by_name(".gnu.version_d"), None
        if definitions is not None:
            rows = [(row.entry, next(iter(names)).name) for row, names in definitions.iter_versions()]
            versions |= {entry.vd_ndx: name for entry, name in rows if entry.vd_ndx > 1}
            defined = [name for entry, name in rows if not entry.vd_flags & 1]
        undefined: list[str] = []
        names: list[str] = []
        for number, symbol in enumerate(() if table is None else table.iter_symbols()):
            spelled: Any = 1 if indices is None else indices.get_symbol(number).entry.ndx
            index = {"VER_NDX_LOCAL": 0, "VER_NDX_GLOBAL": 1}.get(spelled, spelled) & 0x7FFF
            wanted = symbol.entry.st_shndx == "SHN_UNDEF"
            if symbol.entry.st_info.bind == "STB_LOCAL" or not symbol.name or (not index and not wanted):
                continue
            if wanted:
                undefined.append(f"{symbol.name}@{versions.get(index, 'Base')}")
            else:
                names.append(symbol.name)
        return undefined, names, defined


def bound_by_pyelftools(path: str) -> set[str]:
    """Return the undefined symbols, but weak ones, that relocations of the dynamic symbol table refer to."""
    from elftools.elf.elffile import ELFFile
    from elftools.elf.relocation import RelocationSection

    with open(path, "rb") as file:
        elf: Any = ELFFile(file)
        dynamic = elf.get_section_index(".dynsym")
        sections = [each for each in elf.iter_sections() if isinstance(each, RelocationSection)]
        tables = [each for each in sections if each.header.sh_link == dynamic and each.header.sh_flags & 2]
        used = {entry.entry.r_info_sym for table in tables for entry in table.iter_relocations()} - {0}
        symbols = [elf.get_section(dynamic).get_symbol(index) for index in used]
        return {
            each.name
            for each in symbols
            if each.entry.st_shndx == "SHN_UNDEF" and each.entry.st_info.bind == "STB_GLOBAL" and each.name
        }


# ----------------------------------------------------------------------------------------------------------- the tests


def compare_facts(path: str) -> str:
    """Return how we and pyelftools differ on a file, or nothing; a detached debug file has no names to compare."""
    ours = ask(path, parse_elf)
    if ours.detached:
        return ""
    theirs = facts_of_pyelftools(path)
    return "" if ours == theirs else f"{path}:\n  {ours}\n  {theirs}"


def test_facts_agree_with_pyelftools_on_a_sample() -> None:
    """Every fact of a fixed sample of the machine's files equals that of pyelftools."""
    pytest.importorskip("elftools")
    paths = sample()
    assert paths
    assert [difference for path in paths if (difference := compare_facts(path))] == []


@pytest.mark.exhaustive
def test_facts_agree_with_pyelftools_on_every_file() -> None:
    """Every fact of every file of the machine equals that of pyelftools."""
    pytest.importorskip("elftools")
    assert len(files()) > 1000, "a machine with fewer ELF files shows little"
    assert [difference for path in files() if (difference := compare_facts(path))] == []


def _defines(name: str, pread: Pread, size: int) -> bool:
    return defines_symbol(pread, size, name)


def compare_symbols(path: str) -> list[str]:
    """Return the kinds of symbols on which we and pyelftools differ."""
    if ask(path, parse_elf).detached:
        return []
    undefined, defined, versions = symbols_of_pyelftools(path)
    own = ask(path, defined_versions)
    pairs = {
        "undefined": (set(undefined), ask(path, all_undefined)),
        "versions": (versions, own if own is None else list(own)),
        "bound": (bound_by_pyelftools(path), ask(path, required_symbols)),
        "defined": (set(), {*defined} - ask(path, defined_names)),
    }
    differences = [f"{path}: {kind}" for kind, (theirs, ours) in pairs.items() if theirs != ours]
    names = [*defined[:3], *defined[-3:], *(name.partition("@")[0] for name in undefined[:9])]
    wrong = [name for name in names if ask(path, partial(_defines, name)) != (name in defined)]
    return differences + [f"{path}: {name}" for name in wrong]


def _small(path: str) -> bool:
    return os.path.getsize(path) < 1 << 20


@pytest.mark.slow
def test_symbols_agree_with_pyelftools_on_a_sample() -> None:
    """Symbols, their versions and look-ups of a fixed sample are what section headers show."""
    pytest.importorskip("elftools")
    paths = [path for path in sample() if _small(path)]
    assert paths
    assert [difference for path in paths for difference in compare_symbols(path)] == []


@pytest.mark.exhaustive
def test_symbols_agree_with_pyelftools_on_every_file() -> None:
    """Symbols, their versions and look-ups of every file are what section headers show."""
    pytest.importorskip("elftools")
    assert [difference for path in files() for difference in compare_symbols(path)] == []


READELF_TAGS = re.compile(r"\((NEEDED|SONAME|RPATH|RUNPATH)\).*\[(.*)\]$", re.MULTILINE)


@pytest.mark.toolchain
def test_names_agree_with_readelf_on_a_sample() -> None:
    """The names in the dynamic section equal those of readelf, which also reads them by program headers."""
    if shutil.which("readelf") is None:
        unavailable("install readelf: apt-get install binutils")
    for path in sample()[:40]:
        facts = ask(path, parse_elf)
        printed = subprocess.run(
            ["readelf", "--dynamic", "--use-dynamic", "--wide", path], check=True, capture_output=True, text=True
        ).stdout
        single = {"SONAME": facts.soname, "RPATH": facts.rpath, "RUNPATH": facts.runpath}
        ours = [("NEEDED", name) for name in facts.needed] + [item for item in single.items() if item[1] is not None]
        assert sorted(READELF_TAGS.findall(printed)) == sorted(ours), path


# ----------------------------------------------------------------------------------------- the builder, and our faults


LOADER = "/lib64/ld-linux-x86-64.so.2"
LIBRARY = Elf(soname="liba.so.1", version_definitions=("A_1",), defined=("f@A_1",))
CUT = 64 + 3 * 56
"""Behind the program headers of LIBRARY."""
DYNAMIC, DT_NEEDED, DT_RPATH = 2, 1, 15


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Make a program that needs liba.so.1 beside it, and only that."""
    if platform.machine() != "x86_64" or not os.path.exists(LOADER):
        pytest.skip("run on x86-64 Linux with glibc: the built objects are for it")
    path = tmp_path / "program"
    needs = (("liba.so.1", ("A_1",)),)
    path.write_bytes(Elf(interpreter=LOADER, needed=("liba.so.1",), runpath="$ORIGIN", version_needs=needs).build())
    path.chmod(0o755)
    return path


@pytest.mark.toolchain
@pytest.mark.parametrize("segments", [1, 2])
@pytest.mark.parametrize(("kind", "flags_1"), [(2, 0), (3, 0x08000000)])
def test_built_files_run(program: Path, segments: int, kind: int, flags_1: int) -> None:
    """The kernel starts a built program, and the loader loads built libraries with the versions that it needs."""
    base = Elf(
        type=kind, flags_1=flags_1, interpreter=LOADER, needed=("liba.so.1",), rpath="$ORIGIN", segments=segments
    )
    program.write_bytes(replace(base, version_needs=(("liba.so.1", ("A_1", "A_9?")),)).build())
    (program.parent / "liba.so.1").write_bytes(replace(LIBRARY, segments=segments).build())
    assert subprocess.run([program], check=False, capture_output=True).returncode == 0
    program.write_bytes(replace(base, version_needs=(("liba.so.1", ("A_9",)),)).build())
    refused = subprocess.run([program], check=False, capture_output=True, text=True)
    assert "version `A_9' not found" in refused.stderr


def _with_late_need(*, cut: int, load_cut: int, behind: bytes) -> bytes:
    """Return a library whose last needed name is libz9.so, its dynamic section and PT_LOAD shortened by their headers.

    `behind` stands in the file in the place of DT_NULL.
    """
    plain = bytearray(replace(LIBRARY, rpath="libz9.so").build())
    headers = [struct.unpack_from("<IIQQQQQQ", plain, 64 + 56 * number) for number in range(plain[56])]
    dynamic = next(number for number, header in enumerate(headers) if header[0] == DYNAMIC)
    start, size = headers[dynamic][2], headers[dynamic][5]
    entries = [struct.unpack_from("<QQ", plain, start + place) for place in range(0, size - 16, 16)]
    entries.sort(key=lambda entry: entry[0] == DT_RPATH)
    moved = [(DT_NEEDED if tag == DT_RPATH else tag, value) for tag, value in entries]
    plain[start : start + size] = b"".join(struct.pack("<QQ", *entry) for entry in moved) + behind
    struct.pack_into("<Q", plain, 64 + 56 * dynamic + 32, size - cut)
    struct.pack_into("<Q", plain, 64 + 32, headers[0][5] - load_cut)
    return bytes(plain)


@pytest.mark.toolchain
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_with_late_need(cut=0, load_cut=0, behind=bytes(16)), id="inside"),
        pytest.param(_with_late_need(cut=32, load_cut=0, behind=bytes(16)), id="behind p_filesz of PT_DYNAMIC"),
        pytest.param(_with_late_need(cut=0, load_cut=16, behind=b"\1" * 16), id="DT_NULL in zeroed memory"),
    ],
)
def test_needed_names_end_at_the_null_entry(program: Path, content: bytes) -> None:
    """The loader reads DT_NEEDED up to DT_NULL, whatever size PT_DYNAMIC has, and so do the facts."""
    path = program.parent / "liba.so.1"
    path.write_bytes(content)
    refused = subprocess.run([program], check=False, capture_output=True, text=True)
    assert "libz9.so: cannot open shared object file" in refused.stderr
    assert ask(str(path), parse_elf).needed == ("libz9.so",)


def _changed(content: bytes, offset: int, value: int) -> bytes:
    return content[:offset] + bytes([value]) + content[offset + 1 :]


GOOD = LIBRARY.build()


@pytest.mark.toolchain
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GOOD, id="good"),
        pytest.param(b"", id="empty"),
        pytest.param(b"INPUT(-lc)", id="short text"),
        pytest.param(b"/* GNU ld script */" * 9, id="text"),
        pytest.param(GOOD[:52], id="cut at 52"),
        pytest.param(GOOD[:63], id="cut at 63"),
        pytest.param(GOOD[:64], id="cut at 64"),
        pytest.param(GOOD[: CUT - 1], id="cut program headers"),
        pytest.param(_changed(GOOD, 6, 2), id="EI_VERSION"),
        pytest.param(_changed(GOOD, 12, 1), id="EI_PAD"),
        pytest.param(_changed(GOOD, 20, 2), id="e_version"),
        pytest.param(_changed(GOOD, 35, 1), id="e_phoff"),
        pytest.param(_changed(GOOD, 54, 57), id="e_phentsize"),
        pytest.param(_changed(GOOD, 56, 0), id="e_phnum"),
        pytest.param(_changed(GOOD, 64, 99), id="no PT_LOAD"),
        pytest.param(_changed(GOOD, 64 + 16, 8), id="page alignment"),
        pytest.param(Elf(elf_class=32, machine=3).build()[:60], id="32 bit, cut at 60"),
    ],
)
def test_faults_are_what_the_loader_says(program: Path, content: bytes) -> None:
    """A candidate at which the loader stops has the fault that it prints; a valid one has none."""
    (program.parent / "liba.so.1").write_bytes(content)
    opened = Objects(Root(str(program.parent))).open("/liba.so.1")
    answer = subprocess.run([LOADER, "--list", program], check=False, capture_output=True, text=True)
    assert opened is not None
    said = "" if answer.returncode == 0 else answer.stderr.strip().rpartition(": ")[2]
    assert opened.fault == said


@pytest.mark.toolchain
@pytest.mark.parametrize(
    "content", [Elf(elf_class=32, machine=3).build()[:64], _changed(GOOD, 4, 7), _changed(GOOD, 18, 3)]
)
def test_broken_files_of_another_kind_are_passed_over(program: Path, content: bytes) -> None:
    """The loader continues to the next folder past another class or machine; our facts show class and machine then."""
    (program.parent / "liba.so.1").write_bytes(content)
    other = program.parent / "other"
    other.mkdir()
    (other / "liba.so.1").write_bytes(GOOD)
    opened = Objects(Root(str(program.parent))).open("/liba.so.1")
    places = {"LD_LIBRARY_PATH": f"{program.parent}:{other}"}
    answer = subprocess.run([LOADER, "--list", program], check=True, capture_output=True, text=True, env=places)
    assert f"{other}/liba.so.1" in answer.stdout
    assert opened is not None
    assert opened.elf is not None
    assert (opened.elf.elf_class, opened.elf.machine) != (64, 62)


@pytest.mark.toolchain
def test_folder_is_what_the_loader_says(program: Path) -> None:
    """The loader opens a folder and cannot read it."""
    (program.parent / "liba.so.1").mkdir()
    opened = Objects(Root(str(program.parent))).open("/liba.so.1")
    answer = subprocess.run([LOADER, "--list", program], check=False, capture_output=True, text=True)
    assert opened is not None
    assert f": {opened.fault}: " in answer.stderr


# ------------------------------------------------------------------------------------------------------ odd real files


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile a library with debug data."""
    if shutil.which("gcc") is None or shutil.which("objcopy") is None:
        unavailable("install gcc and objcopy: apt-get install gcc")
    folder = tmp_path_factory.mktemp("compiled")
    (folder / "a.c").write_text(
        '#include <stdio.h>\nint f(void) { return puts("f"); }\nint main(void) { return f(); }\n'
    )
    for name, options in {
        "a.o": ["-c"],
        "liba.so": ["-shared", "-Wl,-soname,liba.so.1"],
        "relr.so": ["-shared", "-Wl,-z,pack-relative-relocs"],
        "static": ["-static"],
        "static-pie": ["-static-pie"],
    }.items():
        subprocess.run(["gcc", "-g", "-fPIC", *options, "a.c", "-o", name], cwd=folder, check=True)
    for arguments in (["--only-keep-debug", "liba.so", "liba.debug"], ["--only-keep-debug", "static", "static.debug"]):
        subprocess.run(["objcopy", *arguments], cwd=folder, check=True)
    return folder


@pytest.mark.toolchain
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.o", "a relocatable object, input of a linker"),
        ("liba.debug", "a detached debug file"),
        ("static.debug", "a detached debug file"),
    ],
)
def test_compiled_files_that_nothing_loads(compiled: Path, name: str, reason: str) -> None:
    """What gcc and objcopy make for linkers and debuggers is not a runtime object."""
    skipped = Objects(Root(str(compiled))).facts(f"/{name}")
    assert isinstance(skipped, Skipped)
    assert (skipped.verdict, skipped.reason) == (Verdict.NOT_RUNTIME, reason)


@pytest.mark.toolchain
@pytest.mark.parametrize(
    ("name", "dynamic", "needed"),
    [
        ("liba.so", True, ("libc.so.6",)),
        ("relr.so", True, ("libc.so.6",)),
        ("static", False, ()),
        ("static-pie", True, ()),
    ],
)
def test_compiled_files(compiled: Path, name: str, dynamic: bool, needed: tuple[str, ...]) -> None:
    """Libraries need what they were linked to, static programs nothing."""
    facts = Objects(Root(str(compiled))).facts(f"/{name}")
    assert isinstance(facts, ElfFile)
    assert (facts.dynamic, facts.needed) == (dynamic, needed)


@pytest.mark.toolchain
def test_section_headers_do_not_matter(compiled: Path) -> None:
    """Without its section headers a file has the same facts."""
    content = (compiled / "liba.so").read_bytes()
    whole = ask(str(compiled / "liba.so"), parse_elf)
    start = int.from_bytes(content[40:48], "little")
    bare = compiled / "stripped.so"
    bare.write_bytes(content[:40] + bytes(8) + content[48:58] + bytes(6) + content[64:start])
    assert ask(str(bare), parse_elf) == whole
    assert ask(str(bare), all_undefined) == ask(str(compiled / "liba.so"), all_undefined)
