"""Programs, files and libraries of a root, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.root import link, write
from pip_sysdeps.byname.installed import SystemNames
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path


def test_a_program(tmp_path: Path) -> None:
    """The first folder of PATH that has it; a link counts if it leads to a file, and a folder is none."""
    for path in ("usr/bin/dot", "bin/dot", "usr/sbin/tool"):
        write(tmp_path / path)
    link(tmp_path / "usr/bin/linked", "dot")
    link(tmp_path / "usr/bin/dangling", "nowhere")
    (tmp_path / "usr/bin/folder").mkdir()
    installed = SystemNames(Root(str(tmp_path)))
    names = ("dot", "linked", "tool", "dangling", "folder", "absent")
    assert [installed.program(name) for name in names] == [
        "/usr/bin/dot", "/usr/bin/linked", "/usr/sbin/tool", None, None, None
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/usr/lib/*/girepository-1.0/Gtk-3.0.typelib", "/usr/lib/b/girepository-1.0/Gtk-3.0.typelib"),
        ("/usr/lib/b/girepository-1.0/Gtk-*.typelib", "/usr/lib/b/girepository-1.0/Gtk-3.0.typelib"),
        ("/usr/lib/b/girepository-1.0/Gtk-3.0.typelib", "/usr/lib/b/girepository-1.0/Gtk-3.0.typelib"),
        ("/usr/lib/*", None),
        ("/usr/lib/a/*", None),
    ],
)
def test_a_file(tmp_path: Path, pattern: str, path: str | None) -> None:
    """`*` is a folder, or a part of a name; a folder is no file."""
    write(tmp_path / "usr/lib/b/girepository-1.0/Gtk-3.0.typelib")
    (tmp_path / "usr/lib/a").mkdir()
    assert SystemNames(Root(str(tmp_path))).file(pattern) == path


def test_the_newest_library(tmp_path: Path) -> None:
    """By the number of its SONAME, in whichever folder; not a file of a whole version, nor the -dev link."""
    for path in ("lib/libmagic.so.9", "usr/lib/libmagic.so.10", "usr/lib/libmagic.so.10.2", "usr/lib/libmagic.so"):
        write(tmp_path / path)
    installed = SystemNames(Root(str(tmp_path)))
    assert installed.newest("magic", ("/lib", "/usr/lib")) == "libmagic.so.10"
    assert installed.newest("magi", ("/lib", "/usr/lib")) is None
