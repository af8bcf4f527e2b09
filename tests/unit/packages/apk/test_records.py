"""The stanzas of apk's database and indices."""

from __future__ import annotations

import pytest

from builders.apk import ApkEntry, apk_database
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.apk.records import ApkPackage, names_of, parse_packages, require_safe_paths

LIBPQ = ApkEntry(
    name="libpq",
    version="17.5-r0",
    origin="postgresql17",
    size=315392,
    depends=("so:libc.musl-x86_64.so.1", "so:libssl.so.3>=3", "!libpq-old", "tzdata@edge"),
    provides=("so:libpq.so.5=5.17", "cmd:pg=17.5-r0"),
    files=("/usr/lib/libpq.so.5", "/usr/lib/libpq.so.5.17"),
)


def test_every_fact_of_a_stanza() -> None:
    """Names come without versions and tags, sizes are bytes, conflicts are left out."""
    assert parse_packages(apk_database(LIBPQ)) == (
        ApkPackage(
            name="libpq",
            version="17.5-r0",
            architecture="x86_64",
            source="postgresql17",
            size=315392,
            requires=(("so:libc.musl-x86_64.so.1",), ("so:libssl.so.3",), ("tzdata",)),
            provides=("so:libpq.so.5", "cmd:pg"),
        ),
    )


def test_what_a_stanza_lacks_is_empty() -> None:
    """A virtual package has a name, a version and what it depends on."""
    (package,) = parse_packages(b"P:.build-deps\nV:20250101.120000\nA:noarch\nI:x\nD:gcc\n\n")
    assert (package.name, package.source, package.size, package.requires) == (
        ".build-deps",
        ".build-deps",
        0,
        (("gcc",),),
    )


def test_an_empty_database() -> None:
    """It has no packages."""
    assert parse_packages(b"") == parse_packages(b"\n\n") == ()


def test_the_last_of_one_name_counts() -> None:
    """As for apk, which knows one installed package of a name."""
    packages = parse_packages(apk_database(ApkEntry(name="a", version="1"), ApkEntry(name="a", version="2")))
    assert [each.version for each in packages] == ["2"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"P:a\nV:1\n", "line 2: the text is cut off: no blank line ends the last package"),
        (b"P:a\nV:1\n\nP:b\nV:1\nF:usr", "line 6: the text is cut off: no blank line ends the last package"),
        (b"P:a\nV:1\n\nP:b\nV 1\n\n", "line 5: not a field: 'V 1'"),
        (b"\x7fELF\x02\n\n", "line 1: not a field: '\\x7fELF\\x02'"),
        (b"P:a\nV:1\nR:x\n\n", "line 3: a file without a folder: 'R:x'"),
        (b"V:1\n\n", "line 1: invalid package name: ''"),
        (b"P:a\nV:1\n\nP:--root\nV:1\n\n", "line 4: invalid package name: '--root'"),
        (b"P:a b\nV:1\n\n", "line 1: invalid package name: 'a b'"),
        (b"P:..\nV:1\n\n", "line 1: invalid package name: '..'"),
        (b"P:" + b"a" * 256 + b"\nV:1\n\n", f"line 1: invalid package name: '{'a' * 60}'"),
        (b"P:a\n\n", "line 1 (a): invalid version or architecture: ''"),
        (b"P:a\nV:1;rm\n\n", "line 1 (a): invalid version or architecture: '1;rm'"),
        (b"P:a\nV:1\nA:../x\n\n", "line 1 (a): invalid version or architecture: '../x'"),
    ],
)
def test_an_invalid_database(content: bytes, message: str) -> None:
    """An error says which line is wrong."""
    with pytest.raises(MalformedError) as caught:
        parse_packages(content)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "line", ["F:/usr", "F:../etc", "F:usr/../../etc", "F:usr/..", "F:.", "R:a/b", "R:..", "R:", "R:a\0b", "F:a\0b"]
)
def test_paths_that_no_package_can_have(line: str) -> None:
    """A file is in a folder of the root, under a name of its own."""
    with pytest.raises(MalformedError) as caught:
        require_safe_paths(f"P:a\nV:1\n{line}\n\n".encode())
    assert str(caught.value) == f"line 3: invalid path: {line[2:]!r}"


def test_paths_with_points_are_good() -> None:
    """A path may have points in its names."""
    require_safe_paths(b"P:a\nV:1\nF:\nR:.bashrc\nF:usr/lib/..a/b..\nR:..b\nR:a.so.1\n\n")


@pytest.mark.parametrize(
    ("relations", "names"),
    [
        ("a b=1 c>=2 d<3 e~4 f><Q1x=", ("a", "b", "c", "d", "e", "f")),
        ("!a b@edge /bin/sh pc:zlib", ("b", "/bin/sh", "pc:zlib")),
        ("", ()),
    ],
)
def test_names_of_relations(relations: str, names: tuple[str, ...]) -> None:
    """Of a dependency the name is kept."""
    assert names_of(relations) == names
