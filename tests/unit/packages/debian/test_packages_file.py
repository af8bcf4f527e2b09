"""Packages indices, stanza by stanza."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.debian.packages_file import ArchivePackage, parse_packages

ZLIB = """\
Package: zlib1g
Source: zlib (1:1.2.13)
Version: 1:1.2.13+b1
Architecture: amd64
Essential: no
Provides: libz1, libz.so.1 (= 1.2)
Pre-Depends: libc6 (>= 2.14)
Depends: debconf (>= 0.5) | debconf-2.0, python3:any, mailer [amd64]
Description: compression library - runtime
 Package: not a field, but a continuation
Multi-Arch: same
Section: contrib/libs
Priority: optional
"""


def test_a_stanza_has_what_the_index_needs() -> None:
    """Names without versions, qualifiers and areas; Pre-Depends first."""
    assert list(parse_packages(ZLIB.encode().splitlines(keepends=True))) == [
        ArchivePackage(
            name="zlib1g",
            version="1:1.2.13+b1",
            source="zlib",
            section="libs",
            priority="optional",
            essential=False,
            multi_arch="same",
            depends=(("libc6",), ("debconf", "debconf-2.0"), ("python3",), ("mailer",)),
            provides=("libz1", "libz.so.1"),
        )
    ]


@pytest.mark.parametrize(
    "name", ["-oAPT=x", "a;touch${IFS}x;#", "a", "libpq5-", "LIB", "a:b", "a b", "a\x1b[m", "ab\x00"]
)
def test_a_name_that_policy_does_not_allow_is_left_out(name: str) -> None:
    """The others stay."""
    lines = f"Package: {name}\nVersion: 1\n\nPackage: good\n".encode().splitlines(keepends=True)
    assert [package.name for package in parse_packages(lines)] == ["good"]


def test_endless_relations_are_an_error() -> None:
    """They are counted before they are split."""
    with pytest.raises(MalformedError, match=r"^line 1: more than 16384 packages in one field$"):
        list(parse_packages([b"Package: ab\n", b"Provides: " + b"a," * 16384 + b"\n"]))


def test_what_a_stanza_leaves_out_has_its_default() -> None:
    """The source package is then called like the binary package."""
    (package,) = parse_packages([b"Package: base-files\n", b"Essential: yes\n", b"\n", b"\n"])
    assert package == ArchivePackage(
        name="base-files",
        source="base-files",
        section="",
        priority="",
        essential=True,
        multi_arch="",
        depends=(),
        provides=(),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nVersion: 1\n", "line 2: a stanza has no Package field"),
        ("Package: a\nnonsense\n", "line 2: neither a field nor a continuation"),
        ("Package: " + "a" * (1 << 20), "line 1: line longer than 1048576 bytes"),
    ],
)
def test_a_faulty_stanza_is_named(text: str, message: str) -> None:
    """The error says at which line."""
    with pytest.raises(MalformedError) as caught:
        list(parse_packages(text.encode().splitlines(keepends=True)))
    assert str(caught.value) == message


@given(st.lists(st.binary(max_size=40)))
def test_any_bytes_give_packages_or_the_one_error(lines: list[bytes]) -> None:
    """Nothing else comes out of a damaged index."""
    try:
        packages = list(parse_packages([b"Package: ab\n", b"Depends:", *lines]))
    except MalformedError:
        return
    assert packages
