"""ld.so.conf, line by line."""

from __future__ import annotations

import pytest

from pip_sysdeps.loader.glibc.conf_file import Directory, Include, parse_ld_so_conf


@pytest.mark.parametrize(
    ("line", "entries"),
    [
        (b"/usr/local/lib", (Directory(path="/usr/local/lib"),)),
        (b" \t/usr/local/lib// \r", (Directory(path="/usr/local/lib"),)),
        (b"/opt/a b", (Directory(path="/opt/a b"),)),
        (b"/opt/a # why", (Directory(path="/opt/a"),)),
        (b"# all of it", ()),
        (b"", ()),
        (b"/", ()),
        (b"hwcap 1 nosegneg", ()),
        (b"HWCAP\t0", ()),
        (b"hwcaps", (Directory(path="hwcaps"),)),
        (b"include /etc/ld.so.conf.d/*.conf", (Include(pattern="/etc/ld.so.conf.d/*.conf"),)),
        (b"include\ta  b\t", (Include(pattern="a"), Include(pattern="b"))),
        (b"include", (Directory(path="include"),)),
        (b"Include a", (Directory(path="Include a"),)),
        (b"/opt/\xff", (Directory(path="/opt/\udcff"),)),
        (b"/opt/a\0b", (Directory(path="/opt/a"),)),
        (b"/opt/a=libc6", (Directory(path="/opt/a=libc6"),)),
    ],
)
def test_a_line(line: bytes, entries: tuple[Directory | Include, ...]) -> None:
    """A line names a directory, includes files, or says nothing."""
    assert parse_ld_so_conf(line) == entries


def test_lines_in_order() -> None:
    """The entries come in the order of the lines."""
    assert parse_ld_so_conf(b"/b\ninclude x\n/a") == (
        Directory(path="/b"),
        Include(pattern="x"),
        Directory(path="/a"),
    )
