"""dpkg's own files: status, file lists, md5sums, diversions."""

from __future__ import annotations

import pytest

from builders.dpkg import Package
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.debian.dpkg_files import (
    Diversion,
    parse_diversions,
    parse_list,
    parse_md5sums,
    parse_status,
)

ZLIB = b"""Package: zlib1g
Status: install ok installed
Priority: optional
Section: contrib/libs
Installed-Size: 168
Maintainer: Mark Brown <broonie@debian.org>
Architecture: amd64
Multi-Arch: same
Source: zlib (1.2.13.dfsg)
Version: 1:1.2.13.dfsg-1
Provides: libz1
Depends: libc6 (>= 2.14),
 libfoo
Pre-Depends: dpkg
Conffiles:
 /etc/zlib d41d8cd98f00b204e9800998ecf8427e
Description: compression library - runtime
 Essential: no, this is text
"""


def test_every_fact_of_a_stanza() -> None:
    """The fields of interest, folded ones joined, text of other fields left alone."""
    (zlib,) = parse_status(ZLIB)
    assert (zlib.name, zlib.version, zlib.architecture, zlib.multi_arch) == (
        "zlib1g",
        "1:1.2.13.dfsg-1",
        "amd64",
        "same",
    )
    assert (zlib.essential, zlib.priority, zlib.size) == (False, "optional", 168 << 10)
    assert [zlib.field(name) for name in ("Pre-Depends", "Depends", "Provides")] == [
        "dpkg",
        "libc6 (>= 2.14),\n libfoo",
        "libz1",
    ]


def test_what_a_stanza_lacks_is_empty() -> None:
    """A stanza of a status.d has no Status, and one that was broken off may lack nearly everything."""
    (base,) = parse_status(b"Package: base-files\nVersion: 12\nEssential: yes\nMulti-Arch: no\nInstalled-Size: many\n")
    assert (base.version, base.architecture, base.multi_arch) == ("12", "", "")
    assert (base.essential, base.priority, base.size, base.field("Depends")) == (True, "", 0, "")


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("install ok installed", True),
        ("hold ok installed", True),
        ("install ok triggers-pending", True),
        ("install ok triggers-awaited", True),
        ("install ok half-configured", True),
        ("install ok unpacked", True),
        ("install reinstreq half-installed", True),
        ("deinstall ok config-files", False),
        ("purge ok not-installed", False),
    ],
)
def test_packages_whose_files_are_on_the_disk_count(status: str, *, counts: bool) -> None:
    """Only a package that was never unpacked, or was removed, has no files."""
    parsed = parse_status(Package(name="libpq5", status=status).stanza().encode())
    assert len(parsed) == counts


def test_the_last_stanza_of_a_package_counts() -> None:
    """As in dpkg, which reads them one over the other; another architecture is another package."""
    stanzas = [
        Package(name="a", version="1"),
        Package(name="a", architecture="i386"),
        Package(name="a", version="2"),
        Package(name="b"),
        Package(name="b", status="deinstall ok config-files"),
    ]
    parsed = parse_status("\n".join(each.stanza() for each in stanzas).encode())
    assert [(each.name, each.architecture, each.version) for each in parsed] == [
        ("a", "amd64", "2"),
        ("a", "i386", "1.0"),
    ]


def test_bytes_that_are_no_utf8_are_kept() -> None:
    """Other fields may hold any bytes."""
    assert (
        parse_status(b"Package: a\nVersion: 1\nMaintainer: \xff\xfe\x00\nSection: \xff\n")[0].field("Section")
        == "\udcff"
    )


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\n\n \n\n"])
def test_an_empty_status_has_no_packages(content: bytes) -> None:
    """It is not an error."""
    assert parse_status(content) == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x7fELF\x02\x01", "stanza 1: invalid package name: ''"),
        (b"Package: a\nVersion: 1\n\nVersion: 2\n", "stanza 2: invalid package name: ''"),
        (b"Package: -o\nVersion: 1\n", "stanza 1: invalid package name: '-o'"),
        (b"Package: a;b\nVersion: 1\n", "stanza 1: invalid package name: 'a;b'"),
        (b"Package: a\nVersion: 1\nStatus: installed\n", "stanza 1 (a): invalid package state: 'installed'"),
        (
            b"Package: a\nVersion: 1\nStatus: install ok fine\n",
            "stanza 1 (a): invalid package state: 'install ok fine'",
        ),
        (b"Package: a\nVersion: 1 2\n", "stanza 1 (a): invalid version or architecture: '1 2'"),
        (
            b"Package: a\nVersion: 1\nArchitecture: ../x\n",
            "stanza 1 (a): invalid version or architecture: '../x'",
        ),
    ],
)
def test_a_broken_stanza_is_named(content: bytes, message: str) -> None:
    """The error says which stanza, of which package, and why."""
    with pytest.raises(MalformedError) as caught:
        parse_status(content)
    assert str(caught.value) == message


def test_a_file_list_is_its_lines() -> None:
    """Paths stay bytes."""
    assert parse_list(b"/.\n/usr\n/usr/lib/a \xff.so\n") == [b"/.", b"/usr", b"/usr/lib/a \xff.so", b""]


def test_md5sums_are_made_absolute() -> None:
    """Whatever is not a checksum and a path is skipped."""
    digest = b"d41d8cd98f00b204e9800998ecf8427e"
    lines = [
        digest + b"  usr/lib/libz.so.1",
        digest + b" *./usr/bin/a b",
        digest + b"  /usr/bin/c",
        b"d41d8cd9  usr/lib/short",
        digest,
        b"",
    ]
    assert parse_md5sums(b"\n".join(lines)) == [b"/usr/lib/libz.so.1", b"/usr/bin/a b", b"/usr/bin/c"]


def test_diversions_are_three_lines_each() -> None:
    """A local one has a colon for its package."""
    content = b"/usr/bin/perf\n/usr/bin/perf.wrapper\nlinux-perf\n/bin/sh\n/bin/sh.local\n:\n"
    assert parse_diversions(content) == (
        Diversion(diverted="/usr/bin/perf", to="/usr/bin/perf.wrapper", package="linux-perf"),
        Diversion(diverted="/bin/sh", to="/bin/sh.local", package=""),
    )
    assert parse_diversions(b"") == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"/a\n/b\nc", "line 2: the last entry does not have three lines"),
        (b"/a\n/b\n", "line 2: the last entry does not have three lines"),
        (b"/a\n/b\nc\na\n/b\nc\n", "line 4: a diversion is two absolute paths and a package"),
        (b"/a\n/b\n\n", "line 1: a diversion is two absolute paths and a package"),
    ],
)
def test_broken_diversions_are_named(content: bytes, message: str) -> None:
    """The error says where."""
    with pytest.raises(MalformedError) as caught:
        parse_diversions(content)
    assert str(caught.value) == message
