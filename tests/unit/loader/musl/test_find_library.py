"""What `ctypes.util.find_library` would find with musl."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.root import write
from pip_sysdeps.loader.musl.find_library import FindLibrary
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = "usr/lib/python3.12"
NAMES = ["libmagic.so.1"]
OWN = "import os, shutil, subprocess\n\ndef find_library(name):\n    return _findSoname_ldconfig(name)\n"
PATCHED = "# Patched for musl: search the system's folders\ndef find_library(name):\n    from glob import glob\n"


def finder(root: Path, module: str = OWN) -> FindLibrary:
    """Return the finder of a Python with this `ctypes.util`."""
    write(root / LIBRARY / "ctypes/util.py", module)
    return FindLibrary(Root(str(root)), f"/{LIBRARY}")


def test_there_is_no_ldconfig_to_ask(tmp_path: Path) -> None:
    """That of musl-utils has no answer: a library that is there is not found."""
    write(tmp_path / "sbin/ldconfig")
    write(tmp_path / "usr/lib/libmagic.so.1")
    found = finder(tmp_path)
    assert (found.finds(NAMES), found.uses_cache, found.fixed_by) == (False, False, "")
    assert found.reason == (
        "this Python needs a compiler and the development package's link without a version, since musl has no ldconfig"
    )


@pytest.mark.parametrize(
    ("files", "finds"),
    [
        (["usr/bin/gcc", "usr/lib/libmagic.so"], False),
        (["usr/bin/gcc", "usr/bin/objdump"], False),
        (["usr/bin/gcc", "usr/bin/objdump", "usr/lib/libmagic.so"], True),
        (["usr/bin/ld", "usr/bin/objdump", "lib/libmagic.so"], True),
    ],
)
def test_a_compiler_needs_the_link_of_the_package_for_compiling(tmp_path: Path, files: list[str], finds: bool) -> None:
    """It also needs objdump, which reads the DT_SONAME of the file that the compiler finds."""
    for file in (*files, "usr/lib/libmagic.so.1"):
        write(tmp_path / file)
    assert finder(tmp_path).finds(NAMES) is finds


@pytest.mark.parametrize(
    ("file", "finds"),
    [
        ("lib/libmagic.so.1", True),
        ("usr/local/lib/libmagic.so.1", True),
        ("usr/lib/libmagic.so.1", True),
        ("opt/lib/libmagic.so.1", False),
    ],
)
def test_a_patched_python_looks_into_folders(tmp_path: Path, file: str, finds: bool) -> None:
    """Alpine's patched Python searches fixed folders, whatever the loader's path file says."""
    write(tmp_path / file)
    found = finder(tmp_path, PATCHED)
    assert found.finds(NAMES) is finds
    assert found.reason == "this Python searches only /lib, /usr/local/lib, /usr/lib"


def test_a_python_without_the_module(tmp_path: Path) -> None:
    """Nothing is found; no error."""
    assert FindLibrary(Root(str(tmp_path)), f"/{LIBRARY}").finds(NAMES) is False
