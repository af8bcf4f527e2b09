"""The directories that ldconfig looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders.loader import DIRECTORIES
from builders.root import link, write
from pip_sysdeps.loader.glibc.read_conf import configured_directories
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path


def directories(root: Path, *there: str) -> tuple[str, ...]:
    """Make folders in a root, and return what is configured."""
    for each in there:
        (root / each.lstrip("/")).mkdir(parents=True, exist_ok=True)
    return configured_directories(Root(str(root)), DIRECTORIES)


def test_those_that_are_there_in_order(tmp_path: Path) -> None:
    """Lines come in their order, then the default directories; what is not there is left out."""
    write(tmp_path / "etc/ld.so.conf", "/b\n/gone\n/a\n")
    assert directories(tmp_path, "/a", "/b", "/usr/lib") == ("/b", "/a", "/usr/lib")


def test_one_folder_with_two_names(tmp_path: Path) -> None:
    """A folder counts once, under its first name: usrmerge makes /lib the same as /usr/lib."""
    write(tmp_path / "etc/ld.so.conf", "/lib/x86_64-linux-gnu\n")
    link(tmp_path / "lib", "usr/lib")
    assert directories(tmp_path, "/usr/lib/x86_64-linux-gnu") == ("/lib/x86_64-linux-gnu", "/lib")


def test_included_files(tmp_path: Path) -> None:
    """A pattern stands for files in the C locale's order, relative to the file with it; hidden ones do not count."""
    write(tmp_path / "etc/ld.so.conf", "include ld.so.conf.d/*.conf\n/last\n")
    for name, text in {"b.conf": "/b", "Z.conf": "/z", ".h.conf": "/h", "a.txt": "/a"}.items():
        write(tmp_path / "etc/ld.so.conf.d" / name, text)
    assert directories(tmp_path, "/a", "/b", "/h", "/z", "/last") == ("/z", "/b", "/last")


def test_files_that_include_each_other(tmp_path: Path) -> None:
    """A circle ends: each file is read once."""
    write(tmp_path / "etc/ld.so.conf", "include /etc/*.conf\n/a\n")
    write(tmp_path / "etc/b.conf", "include /etc/ld.so.conf\n/b\n")
    assert directories(tmp_path, "/a", "/b") == ("/b", "/a")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A folder in place of a file, or a device of endless length, says nothing."""
    (tmp_path / "etc/ld.so.conf").mkdir(parents=True)
    assert directories(tmp_path, "/lib") == ("/lib",)


def test_includes_outside_the_root(tmp_path: Path) -> None:
    """A link and a pattern with `..` end at the top of the root."""
    write(tmp_path / "outside/evil.conf", "/evil\n")
    root = tmp_path / "root"
    write(root / "etc/ld.so.conf", "include ../../outside/*.conf\n/../../inside\n")
    assert directories(root, "/inside", "/evil") == ("/../../inside",)


def test_relative_directories(tmp_path: Path) -> None:
    """A relative line depends on where ldconfig is started, and is left out."""
    write(tmp_path / "etc/ld.so.conf", "opt/a\n")
    assert directories(tmp_path, "/opt/a") == ()


class Counting(Root):
    """A root that counts how often a folder is listed."""

    listed = 0

    def names(self, folder: str) -> list[str]:
        """Return the names, and count."""
        self.listed += 1
        return super().names(folder)


def test_patterns_through_many_links(tmp_path: Path) -> None:
    """Names that are held against patterns are counted, and a pattern is followed once."""
    (tmp_path / "d").mkdir()
    for number in range(256):
        link(tmp_path / "d" / str(number), "/d")
    write(tmp_path / "etc/ld.so.conf", "include /d/*/*/*/*/x*\n" * 20)
    root = Counting(str(tmp_path))
    assert configured_directories(root, DIRECTORIES) == ()
    assert root.listed <= 1 + 3 * 256 + 256
