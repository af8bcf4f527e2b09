"""musl's path file, and the search paths that it splits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.facts import elf
from pip_sysdeps.loader.musl.config import DEFAULT_DIRECTORIES, parse_path_file, path_file, split_path
from pip_sysdeps.loader.musl.read_config import read_musl_config
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = elf(interpreter="/lib/ld-musl-x86_64.so.1")


@pytest.mark.parametrize(
    ("interpreter", "path"),
    [
        ("/lib/ld-musl-x86_64.so.1", "/etc/ld-musl-x86_64.path"),
        ("/lib/ld-musl-armhf.so.1", "/etc/ld-musl-armhf.path"),
        ("/opt/musl/lib/ld-musl-aarch64.so.1", "/opt/musl/etc/ld-musl-aarch64.path"),
        ("/ld-musl-x86_64.so.1", "/etc/ld-musl-x86_64.path"),
        ("ld-musl-x86_64.so.1", "/etc/ld-musl-x86_64.path"),
    ],
)
def test_the_path_file_is_beside_the_loader(interpreter: str, path: str) -> None:
    """It is in the `etc` beside the folder of the loader, and carries the loader's architecture."""
    assert path_file(interpreter) == path


@pytest.mark.parametrize(
    ("content", "directories"),
    [
        (b"/lib\n/usr/lib\n", ("/lib", "/usr/lib")),
        (b"/lib:/usr/lib", ("/lib", "/usr/lib")),
        (b"\n::\n", ()),
        (b"", ()),
        (b"/a\0/b", ("/a",)),
        (b"/\xff", ("/\udcff",)),
    ],
)
def test_directories_of_a_path_file(content: bytes, directories: tuple[str, ...]) -> None:
    """Colons and newlines separate directories, and a NUL byte ends them."""
    assert parse_path_file(content) == directories


def test_empty_elements_do_not_count() -> None:
    """An empty element of a search path is not the current directory, as it is for glibc."""
    assert split_path(":/a::/b\n") == ("/a", "/b")


@pytest.mark.parametrize(
    ("content", "expected"),
    [(None, ("", DEFAULT_DIRECTORIES)), (b"/a\n", ("/etc/ld-musl-x86_64.path", ("/a",)))],
    ids=["missing", "present"],
)
def test_the_directories_of_a_root(
    tmp_path: Path, content: bytes | None, expected: tuple[str, tuple[str, ...]]
) -> None:
    """Without a path file the default directories count."""
    if content is not None:
        (tmp_path / "etc").mkdir()
        (tmp_path / "etc" / "ld-musl-x86_64.path").write_bytes(content)
    config = read_musl_config(Root(str(tmp_path)), PROGRAM, is_libc=lambda _: False)
    assert (config.path_file, config.directories) == expected


def test_a_path_file_that_cannot_be_read_names_nothing(tmp_path: Path) -> None:
    """A folder in its place leaves no directory to search."""
    (tmp_path / "etc" / "ld-musl-x86_64.path").mkdir(parents=True)
    config = read_musl_config(Root(str(tmp_path)), PROGRAM, is_libc=lambda _: False)
    assert (config.path_file, config.directories) == ("/etc/ld-musl-x86_64.path", ())
