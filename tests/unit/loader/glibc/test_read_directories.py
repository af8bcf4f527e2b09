"""The default directories of a loader, from its own bytes."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from builders.facts import elf
from builders.root import write
from pip_sysdeps.loader.glibc.machines import machine_of
from pip_sysdeps.loader.glibc.read_directories import parse_directories, read_machine
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("content", "directories"),
    [
        (b"x\0/lib64/\0/usr/lib64/\0\0", ("/lib64", "/usr/lib64")),
        (b"/lib64/lp64d/\0/usr/lib64/lp64d/\0y", ("/lib64/lp64d", "/usr/lib64/lp64d")),
        (b"/proc/self/\0/etc/\0z\0/lib/\0/usr/lib/\0", ("/lib", "/usr/lib")),
        (b"/lib64/\0", ()),
        (b"/etc/ld.so.cache\0/usr/lib64\0", ()),
        (b"", ()),
    ],
)
def test_directories_stand_in_the_loader(content: bytes, directories: tuple[str, ...]) -> None:
    """Strings with a slash at the end, one behind the other."""
    assert parse_directories(content) == directories


def test_the_loader_of_this_machine() -> None:
    """They are those that `ld.so --help` lists."""
    program = elf("libc.so.6", interpreter="/lib64/ld-linux-x86-64.so.2")
    shown = subprocess.run([program.interpreter or "", "--help"], capture_output=True, text=True, check=True).stdout
    listed = [line.split()[0] for line in shown.splitlines() if line.endswith("(system search path)")]
    assert list(read_machine(Root(), program).default_directories) == listed


def test_the_first_directory_is_the_lib_of_origin_tokens(tmp_path: Path) -> None:
    """`$LIB` is `lib64` where the loader looks there, and Debian's folder where nothing is known of the loader."""
    program = elf("libc.so.6", interpreter="/lib64/ld-linux-x86-64.so.2")
    write(tmp_path / "lib64/ld-linux-x86-64.so.2", b"\0/lib64/\0/usr/lib64/\0")
    found = read_machine(Root(str(tmp_path)), program)
    assert (found.lib, found.default_directories) == ("lib64", ("/lib64", "/usr/lib64"))
    assert read_machine(Root(str(tmp_path / "lib64")), program) == machine_of(program)
