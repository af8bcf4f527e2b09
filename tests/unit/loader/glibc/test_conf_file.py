"""ld.so.conf, line by line."""

from __future__ import annotations

import pytest

from pip_sysdeps.loader.glibc.conf_file import ConfEntry, parse_ld_so_conf


@pytest.mark.parametrize(
    ("line", "entries"),
    [
        (b"/usr/local/lib", (ConfEntry("/usr/local/lib", is_pattern=False),)),
        (b" \t/usr/local/lib// \r", (ConfEntry("/usr/local/lib", is_pattern=False),)),
        (b"/opt/a b", (ConfEntry("/opt/a b", is_pattern=False),)),
        (b"/opt/a # why", (ConfEntry("/opt/a", is_pattern=False),)),
        (b"# all of it", ()),
        (b"", ()),
        (b"/", ()),
        (b"hwcap 1 nosegneg", ()),
        (b"HWCAP\t0", ()),
        (b"hwcaps", (ConfEntry("hwcaps", is_pattern=False),)),
        (b"include /etc/ld.so.conf.d/*.conf", (ConfEntry("/etc/ld.so.conf.d/*.conf", is_pattern=True),)),
        (b"include\ta  b\t", (ConfEntry("a", is_pattern=True), ConfEntry("b", is_pattern=True))),
        (b"include", (ConfEntry("include", is_pattern=False),)),
        (b"Include a", (ConfEntry("Include a", is_pattern=False),)),
        (b"/opt/\xff", (ConfEntry("/opt/\udcff", is_pattern=False),)),
        (b"/opt/a\0b", (ConfEntry("/opt/a", is_pattern=False),)),
        (b"/opt/a=libc6", (ConfEntry("/opt/a=libc6", is_pattern=False),)),
    ],
)
def test_a_line(line: bytes, entries: tuple[ConfEntry, ...]) -> None:
    """A line names a directory, includes files, or says nothing."""
    assert parse_ld_so_conf(line) == entries


def test_lines_in_order() -> None:
    """The entries come in the order of the lines."""
    assert parse_ld_so_conf(b"/b\ninclude x\n/a") == (
        ConfEntry("/b", is_pattern=False),
        ConfEntry("x", is_pattern=True),
        ConfEntry("/a", is_pattern=False),
    )
