"""What `ctypes.util.find_library` would find, against CPython's own where the root is this machine's."""

from __future__ import annotations

import ctypes.util
import os
from typing import TYPE_CHECKING

import pytest

from builders.root import write
from pip_sysdeps.loader.glibc.find_library import FindLibrary
from pip_sysdeps.loader.glibc.ldconfig import read_cache
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["libmagic.so.1"]


def test_without_ldconfig_and_compiler(tmp_path: Path) -> None:
    """A distroless image: the library is there, and find_library returns None."""
    finder = FindLibrary(Root(str(tmp_path)))
    assert (finder.uses_cache, finder.finds(NAMES)) == (False, False)


def test_ldconfig_answers_from_the_cache(tmp_path: Path) -> None:
    """Without a cache it finds nothing."""
    write(tmp_path / "sbin/ldconfig")
    finder = FindLibrary(Root(str(tmp_path)))
    assert (finder.uses_cache, finder.finds(NAMES)) == (True, False)


@pytest.mark.parametrize(
    ("programs", "finds"),
    [(["gcc"], False), (["objdump"], False), (["cc", "objdump"], True), (["ld", "objdump"], True)],
)
def test_a_compiler_needs_objdump(tmp_path: Path, programs: list[str], finds: bool) -> None:
    """Its answer is a file, whose DT_SONAME objdump reads."""
    for program in programs:
        write(tmp_path / "usr/bin" / program)
    finder = FindLibrary(Root(str(tmp_path)))
    assert (finder.uses_cache, finder.finds(NAMES)) == (finds, finds)


@pytest.mark.toolchain
def test_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """With ldconfig alone, the real find_library finds the libraries of the cache, and we say so."""
    monkeypatch.setenv("PATH", os.devnull)
    cached = sorted({entry.soname for entry in read_cache(Root()) if entry.soname.startswith("lib")})[:200:20]
    finder = FindLibrary(Root())
    assert cached
    for soname in cached:
        stem = soname.removeprefix("lib").partition(".so")[0]
        assert ctypes.util.find_library(stem) is not None
        assert finder.finds([soname])
