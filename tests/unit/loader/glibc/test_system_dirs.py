"""The default directories that a loader was built with."""

from __future__ import annotations

import re
import subprocess

import pytest

from builders.ld_so import release
from pip_sysdeps.loader.glibc.system_dirs import lib_of, parse_system_directories


@pytest.mark.toolchain
def test_the_loader_of_this_machine() -> None:
    """They are those that the loader itself names, in its order."""
    loader = release().loader
    output = subprocess.run([loader, "--list-diagnostics"], capture_output=True, text=True, check=True).stdout
    listed = tuple(re.findall(r'^path\.system_dirs\[0x[0-9a-f]+\]="(.*)/"$', output, re.MULTILINE))
    assert parse_system_directories(loader.read_bytes()) == listed != ()


@pytest.mark.parametrize(
    ("content", "directories"),
    [
        (b"", ()),
        (b"\x7fELF\0/lib64/\0/usr/lib64/\0/etc/x\0", ("/lib64", "/usr/lib64")),
        (b"\0/nix/store/1-glibc-2.40/lib/\0", ("/nix/store/1-glibc-2.40/lib",)),
        (b"\0/var/tmp/\0x\0/lib/\0/usr/lib/\0", ("/lib", "/usr/lib")),
        (b"\0/var/tmp/\0", ()),
        (b"\0/lib64/", ()),
    ],
)
def test_bytes(content: bytes, directories: tuple[str, ...]) -> None:
    """Paths to library directories, each with a slash and a NUL byte behind it."""
    assert parse_system_directories(content) == directories


@pytest.mark.parametrize(
    ("directories", "lib"),
    [
        (("/lib64", "/usr/lib64"), "lib64"),
        (("/usr/lib64",), "lib64"),
        (("/lib/x86_64-linux-gnu", "/lib"), "lib/x86_64-linux-gnu"),
        (("/nix/store/1-glibc/lib",), "lib"),
        ((), "lib"),
    ],
)
def test_lib_token(directories: tuple[str, ...], lib: str) -> None:
    """`$LIB` follows from the first directory."""
    assert lib_of(directories) == lib
