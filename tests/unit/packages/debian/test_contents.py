"""Contents indices, row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.debian.contents import (
    DATA_FOLDER,
    MAX_LINE,
    ContentsRow,
    rows_in_folders,
    rows_in_subfolders,
    rows_matching,
)

FOLDERS = ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib", "usr/lib")


def row(folder: str, name: str, *packages: str) -> ContentsRow:
    """Make a row."""
    return ContentsRow(folder=folder, name=name, packages=packages)


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("lib/x86_64-linux-gnu/libz.so.1    libs/zlib1g", [row("lib/x86_64-linux-gnu", "libz.so.1", "zlib1g")]),
        ("usr/lib/libarmadillo.so.11\tlibs/libarmadillo11", [row("usr/lib", "libarmadillo.so.11", "libarmadillo11")]),
        ("./usr/lib/liba.so.1 libs/a", [row("usr/lib", "liba.so.1", "a")]),
        ("usr/lib/liba.so.1 libs/a,non-free/libs/b,c", [row("usr/lib", "liba.so.1", "a", "b", "c")]),
        ("usr/lib/a file.so   libs/a", [row("usr/lib", "a file.so", "a")]),
        ("usr/lib/x86_64-linux-gnu/nx/X11/libX11.so.6  x11/nxagent", []),
        ("usr/lib32/libz.so.1  libs/lib32z1", []),
        ("usr/aarch64-linux-gnu/lib/libc.so.6  libs/libc6-arm64-cross", []),
        ("usr/share/gdb/auto-load/lib/x86_64-linux-gnu/libc.so.6-gdb.py  libdevel/libc6-dev", []),
        ("FILE                                 LOCATION", []),
        ("", []),
    ],
)
def test_a_row_counts_if_its_file_lies_directly_in_a_folder(line: str, rows: list[ContentsRow]) -> None:
    """Other folders, those below included, are skipped; a path may have spaces, packages have sections."""
    assert list(rows_in_folders([line.encode() + b"\n"], FOLDERS)) == rows


def test_shared_objects_in_folders_below() -> None:
    """Each is a row with the name of the folder below the loader's; of data in /usr/share, each folder of a package."""
    lines = [
        b"usr/lib/x86_64-linux-gnu/sasl2/libplain.so libs/libsasl2-modules\n",
        b"usr/lib/x86_64-linux-gnu/gtk-3.0/3.0.0/immodules/im-ti.so libs/libgtk-3-0\n",
        b"usr/lib/x86_64-linux-gnu/libsasl2.so.2 libs/libsasl2-2\n",
        b"usr/lib/x86_64-linux-gnu/sasl2/berkeley_db.txt libs/libsasl2-modules\n",
        b"usr/share/aspell/en-common.cwl.gz text/aspell-en\n",
        b"usr/share/aspell/en.cwl.gz text/aspell-en\n",
        b"usr/share/aspell/de.cwl.gz text/aspell-de\n",
        b"usr/share/file text/aspell-de\n",
    ]
    folder = "usr/lib/x86_64-linux-gnu"
    assert list(rows_in_subfolders(lines, (*FOLDERS, DATA_FOLDER))) == [
        row(folder, "sasl2", "libsasl2-modules"),
        row(folder, "gtk-3.0", "libgtk-3-0"),
        row(DATA_FOLDER, "aspell", "aspell-en"),
        row(DATA_FOLDER, "aspell", "aspell-de"),
    ]


def test_a_row_without_a_package_is_an_error() -> None:
    """The error has the line."""
    with pytest.raises(MalformedError, match=r"^line 2: a path has no package$"):
        list(rows_in_folders([b"usr/lib/a.so libs/a\n", b"usr/lib/b.so\n"], FOLDERS))


def test_an_endless_line_is_an_error() -> None:
    """A line without end is refused in every folder."""
    with pytest.raises(MalformedError, match=r"^line 1: row longer than 1048576 bytes$"):
        list(rows_in_folders([b"x" * (MAX_LINE + 1)], FOLDERS))


def test_a_path_that_cannot_exist_is_passed_over() -> None:
    """It is skipped, because a pattern would take long on it."""
    line = b"usr/lib/" + b"a" * 4096 + b".so libs/ab\n"
    assert list(rows_in_folders([line], FOLDERS)) == []
    assert list(rows_matching([line], {"/usr/lib/*.so"})) == []


@given(st.lists(st.binary(max_size=60).map(lambda tail: b"usr/lib/" + tail)))
def test_any_bytes_give_rows_or_the_one_error(lines: list[bytes]) -> None:
    """Nothing else comes out of a damaged index."""
    try:
        rows = list(rows_in_folders(lines, FOLDERS))
    except MalformedError:
        return
    assert all(each.packages and "/" not in each.name for each in rows)


def test_rows_like_patterns() -> None:
    """A star stands for a part of one name; all packages of a row come with the pattern that it is about."""
    lines = [
        b"usr/lib/x86_64-linux-gnu/girepository-1.0/Gtk-3.0.typelib   introspection/gir1.2-gtk-3.0\n",
        b"usr/lib/x86_64-linux-gnu/deep/girepository-1.0/Gtk-3.0.typelib   misc/no\n",
        b"usr/share/fonts/a b.ttf   fonts/one,fonts/two\n",
        b"etc/other  misc/three\n",
    ]
    patterns = {"/usr/lib/*/girepository-1.0/Gtk-3.0.typelib", "/usr/share/fonts/*.ttf"}
    assert list(rows_matching(lines, patterns)) == [
        ("/usr/lib/*/girepository-1.0/Gtk-3.0.typelib", ("gir1.2-gtk-3.0",)),
        ("/usr/share/fonts/*.ttf", ("one", "two")),
    ]
    assert list(rows_matching(lines, {"/usr/lib/*/girepository-1.0/**.typelib"})) == [
        ("/usr/lib/*/girepository-1.0/Gtk-3.0.typelib", ("gir1.2-gtk-3.0",)),
    ]
