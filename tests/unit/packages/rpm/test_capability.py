"""Names of capabilities, held against rpm's own elfdeps."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.debian import unavailable
from builders.elf import Elf
from builders.elf_memory import in_memory
from pip_sysdeps.elf.headers import facts_of
from pip_sysdeps.elf.image import read_image
from pip_sysdeps.packages.rpm.capability import (
    capability,
    is_capability,
    mark_of,
    provides_library,
    soname_of,
)

if TYPE_CHECKING:
    from pip_sysdeps.model.elf import ElfFile

ELFDEPS = "/usr/lib/rpm/elfdeps"


@pytest.mark.parametrize(
    ("soname", "mark", "version", "text"),
    [
        ("libGL.so.1", "(64bit)", "", "libGL.so.1()(64bit)"),
        ("libGL.so.1", "", "", "libGL.so.1"),
        ("libpq.so.5", "(64bit)", "PQ_2", "libpq.so.5(PQ_2)(64bit)"),
        ("libpq.so.5", "", "PQ_2", "libpq.so.5(PQ_2)"),
        ("libstdc++.so.6", "(64bit)", "", "libstdc++.so.6()(64bit)"),
        ("ld-linux-x86-64.so.2", "(64bit)", "", "ld-linux-x86-64.so.2()(64bit)"),
        ("ld64.so.1", "(64bit)", "", "ld64.so.1()(64bit)"),
        ("linux-vdso.so.1", "(64bit)", "", None),
        ("libfoo", "(64bit)", "", None),
        ("libfoo.so.1 libbar", "(64bit)", "", None),
        ("lib*.so", "", "", None),
        ("lib/a.so", "", "", None),
    ],
)
def test_a_library_has_its_capability(soname: str, mark: str, version: str, text: str | None) -> None:
    """A soname that begins as a library and has `.so` is a capability; one that a command line bends is none."""
    assert capability(soname, mark, version) == text


@pytest.mark.parametrize(
    ("elf_class", "machine", "mark"), [(64, 62, "(64bit)"), (32, 3, ""), (64, 183, "(64bit)"), (64, 0x9026, "")]
)
def test_the_mark_is_that_of_64_bit_objects(elf_class: int, machine: int, mark: str) -> None:
    """64-bit objects are marked, except those of Alpha."""
    assert mark_of(_facts(Elf(elf_class=elf_class, machine=machine).build())) == mark


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("libGL.so.1()(64bit)", True),
        ("libGL.so.1", True),
        ("libpq.so.5(PQ_2)", True),
        ("libGL.so.1()", False),
        ("libGL.so.1()(32bit)", False),
        ("-libGL.so.1", False),
        ("/usr/lib64/libGL.so.1", False),
        ("libGL.so.1()(64bit) ", False),
        ("libGL.so.1()(64bit)\n", False),
        ("libGL.so.[1]", False),
        ("libGL.so.1 >= 2", False),
        ("glibc", False),
    ],
)
def test_only_a_capability_of_a_library_is_one(text: str, *, good: bool) -> None:
    """What a command line receives is the capability of a library and nothing else."""
    assert is_capability(text) is good


@pytest.mark.parametrize(
    ("text", "mark", "soname"),
    [
        ("libGL.so.1()(64bit)", "(64bit)", "libGL.so.1"),
        ("libGL.so.1", "(64bit)", None),
        ("libGL.so.1", "", "libGL.so.1"),
        ("libpq.so.5(PQ_2)(64bit)", "(64bit)", None),
        ("glibc(x86-64)", "(64bit)", None),
        ("rtld(GNU_HASH)", "(64bit)", None),
    ],
)
def test_a_capability_is_taken_apart(text: str, mark: str, soname: str | None) -> None:
    """A capability of the machine's own class gives its soname."""
    assert soname_of(text, mark) == soname


def test_a_private_plugin_provides_nothing() -> None:
    """A provider counts only with the file in a default directory of the loader."""
    folders = ("/lib64", "/usr/lib64")
    assert provides_library("libz.so.1", {"/usr/lib64/libz.so.1"}, folders)
    assert not provides_library("libdecor-cairo.so", {"/usr/lib64/libdecor/libdecor-cairo.so"}, folders)


def test_elfdeps_names_the_same() -> None:
    """Rpm's own program, given the libraries of this machine, names the same requirements."""
    if not Path(ELFDEPS).is_file():
        unavailable("install rpm: apt-get install rpm")
    files = sorted(path for path in Path("/usr/lib/x86_64-linux-gnu").glob("lib[a-s]*.so.*") if not path.is_symlink())
    assert files
    for file in files[:40]:
        answer = subprocess.run([ELFDEPS, "--requires", str(file)], capture_output=True, text=True, check=True).stdout
        assert _requirements(file.read_bytes()) == set(answer.split()) - {"rtld(GNU_HASH)"}, file


def _requirements(content: bytes) -> set[str]:
    elf = _facts(content)
    mark = mark_of(elf)
    plain = {capability(each, mark) for each in elf.needed}
    versions = {capability(each.soname, mark, each.version) for each in elf.version_needs}
    return {each for each in plain | versions if each is not None}


def _facts(content: bytes) -> ElfFile:
    return facts_of(read_image(*in_memory(content)))
