"""Kinds of ELF files, by their names and headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.facts import elf
from pip_sysdeps.elf.kinds import (
    has_extension_tag,
    has_init_function,
    incompatibility,
    is_extension_module,
    is_libpython,
    is_libpython_of,
    is_program,
    is_shared_object,
    machine_name,
    most_common_kind,
)
from pip_sysdeps.model.environment import Skipped, Verdict

if TYPE_CHECKING:
    from pip_sysdeps.model.elf import ElfFile

GLIBC, MUSL = elf("libc.so.6"), elf("libc.musl-x86_64.so.1")
ARM = elf("libc.so.6", machine=183)
LOADER = "/lib64/ld-linux-x86-64.so.2"


def no(_path: str, _symbol: str) -> bool:
    """Define nothing."""
    return False


@pytest.mark.parametrize(
    ("one", "verdict", "reason"),
    [
        (GLIBC, None, ""),
        (elf(), None, ""),
        (MUSL, Verdict.FOREIGN_LIBC, "linked to musl, but Python is linked to glibc"),
        (
            ARM,
            Verdict.FOREIGN_ARCHITECTURE,
            "made for AArch64 (64-bit, little-endian), not for x86-64 (64-bit, little-endian)",
        ),
        (
            elf(elf_class=32),
            Verdict.FOREIGN_ARCHITECTURE,
            "made for x86-64 (32-bit, little-endian), not for x86-64 (64-bit, little-endian)",
        ),
        (
            elf("libc.musl-x.so.1", machine=8, little_endian=False),
            Verdict.FOREIGN_ARCHITECTURE,
            "made for machine 8 (64-bit, big-endian), not for x86-64 (64-bit, little-endian)",
        ),
    ],
)
def test_a_foreign_object(one: ElfFile, verdict: Verdict | None, reason: str) -> None:
    """An object for another machine, class, byte order or C library is incompatible.

    One that names no C library is not.
    """
    expected = Skipped(path="/a.so", verdict=verdict, reason=reason) if verdict else None
    assert incompatibility("/a.so", one, GLIBC) == expected
    assert incompatibility("/a.so", MUSL, elf()) is None


def test_the_prevailing_kind() -> None:
    """The first object of the most frequent one."""
    assert most_common_kind([ARM, GLIBC, MUSL]) is GLIBC
    assert most_common_kind([]) is None
    assert machine_name(ARM) == "AArch64 (64-bit, little-endian)"


@pytest.mark.parametrize(
    ("path", "abi_tag", "expected"),
    [
        ("a.cpython-311-x86_64-linux-gnu.so", "cp311", True),
        ("a.cpython-312-x86_64-linux-gnu.so", "cp311", False),
        ("a.cpython-313t-x86_64-linux-gnu.so", "cp313t", True),
        ("a.cpython-313-x86_64-linux-gnu.so", "cp313t", False),
        ("a.cpython-312-x86_64-linux-gnu.so", "", True),
        ("a.cpython-311.so", "cp311", True),
        ("a.pypy310-pp73-x86_64-linux-gnu.so", "pp310", True),
        ("a.pypy310-pp73-x86_64-linux-gnu.so", "cp310", False),
        ("a.abi3.so", "cp311", True),
        ("a.abi3t.so", "cp315t", True),
        ("a.so", "cp311", True),
        ("b.so", "cp311", False),
        ("a.other.so", "cp311", False),
        ("a.so.1", "cp311", False),
        ("a.py", "cp311", False),
    ],
)
def test_an_extension_module(path: str, abi_tag: str, expected: bool) -> None:
    """Its suffix fits the interpreter, or it is a plain `.so` with the function of its name."""
    assert is_extension_module(f"/x/{path}", abi_tag, lambda _, symbol: symbol == "PyInit_a") is expected


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("/x/a.so", "PyInit_a"),
        ("/x/a.cpython-311.so", "PyInit_a"),
        ("/x/a/__init__.so", "PyInit_a"),
        ("/x/lančmít.so", "PyInitU_lanmt_2sa6t"),
    ],
)
def test_the_function_that_an_import_calls(path: str, function: str) -> None:
    """Its name has the module's name, a package's folder, or an encoded name in another alphabet."""
    assert has_init_function(path, lambda *asked: asked == (path, function))
    assert not has_init_function(path, no)


@pytest.mark.parametrize(
    ("name", "extension", "shared", "libpython"),
    [
        ("a.abi3.so", True, True, False),
        ("a.cpython-311-x86_64-linux-gnu.so", True, True, False),
        ("a.cpython-311-darwin.so", False, True, False),
        ("liba.so.1.2", False, True, False),
        ("liba.so", False, True, False),
        ("liba.so.1x", False, False, False),
        ("liba.so.py", False, False, False),
        ("a.py", False, False, False),
        ("libpython3.13t.so.1.0", False, True, True),
        ("libpypy3.10-c.so", False, True, True),
    ],
)
def test_kinds_by_name(name: str, extension: bool, shared: bool, libpython: bool) -> None:
    """Names of extension modules, shared objects and interpreters are recognized."""
    path = f"/usr/lib/{name}"
    assert (has_extension_tag(path), is_shared_object(path), is_libpython(path)) == (extension, shared, libpython)


@pytest.mark.parametrize(
    ("soname", "expected"),
    [
        ("libpython3.1.so.1.0", True),
        ("libpython3.1t.so.1.0", True),
        ("libpypy3.1-c.so", True),
        ("libpython3.11.so.1.0", False),
        ("libpython3.so", False),
        ("libpython301.so", False),
    ],
)
def test_the_library_of_one_python(soname: str, expected: bool) -> None:
    """Its minor version is a whole number."""
    assert is_libpython_of(soname, (3, 1)) is expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (elf(type=2), True),
        (elf(flags_1=0x08000000, soname="liba.so.1"), True),
        (elf(interpreter=LOADER), True),
        (elf(interpreter=LOADER, soname="libQt6Core.so.6"), False),
        (elf(flags_1=0x800), False),
        (elf(), False),
    ],
)
def test_a_program(one: ElfFile, expected: bool) -> None:
    """A library that can be run to print its version is not a program."""
    assert is_program(one) is expected
