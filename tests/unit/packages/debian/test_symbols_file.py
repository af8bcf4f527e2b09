"""symbols files, one library at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_sysdeps.packages.debian.symbols_file import LibrarySymbols, SymbolVersion, parse_symbols

FTP = b"""libother.so.1 libother1 #MINVER#
 other@Base 9
libGL.so.1 libgl1
| libgl1-mesa-glx #MINVER#
| libgl1-private (= 7), libextra
* Build-Depends-Package: libgl1-mesa-dev
 publicSymbol@Base 6.3-1
 implementationSpecific@Base 6.5.2-7 1
 private@GL_PRIVATE 7 2
#MISSING: 6.4# gone@Base 6.1
#DEPRECATED: 6.4#(optional)gone2@Base 6.0 1
# comment@Base 1
 nonsense
libother.so.2 libother2 #MINVER#
 other2@Base 1
"""


def test_an_entry_of_several() -> None:
    """Its templates, its symbols, and the minimum version of the main template, with the symbols that are gone."""
    assert parse_symbols(FTP, "libGL.so.1") == LibrarySymbols(
        templates=("libgl1", "libgl1-mesa-glx #MINVER#", "libgl1-private (= 7), libextra"),
        symbols={
            "publicSymbol@Base": SymbolVersion(version="6.3-1", template=0),
            "implementationSpecific@Base": SymbolVersion(version="6.5.2-7", template=1),
            "private@GL_PRIVATE": SymbolVersion(version="7", template=2),
        },
        versions=frozenset({"Base", "GL_PRIVATE"}),
        smallest="6.1",
    )


@pytest.mark.parametrize("soname", ["libGL.so", "libGL.so.10", "ibGL.so.1", "libGL-so-1", "", "libGL.so.1 libgl1"])
def test_an_entry_that_is_not_there(soname: str) -> None:
    """The soname is a whole word, and no pattern."""
    assert parse_symbols(FTP, soname) is None


@pytest.mark.parametrize(
    ("line", "symbols"),
    [
        (b" (optional)plain@Base 1.0", {"plain@Base": "1.0"}),
        (b" (arch=amd64 arm64|optional=reason)plain@Base 1.0 0", {"plain@Base": "1.0"}),
        (b' (optional)"quoted name@Base" 1.0', {"quoted name@Base": "1.0"}),
        (b" (optional)'quoted name@Base' 1.0", {"quoted name@Base": "1.0"}),
        (b' (c++)"Foo::bar(int)@Base" 1.0', {}),
        (b' (regex)"^foo_.*@Base$" 1.0', {}),
        (b" (symver)FOO_1.0 1.0", {}),
        (b' (optional|c++|regex)"^a@Base$" 1.0', {}),
        (b" *@FOO_1.0 1.0", {}),
        (b" (optional)*@FOO_1.0 1.0", {}),
        (b" missing_template@Base 1.0 1", {}),
        (b" far_template@Base 1.0 99999999999999999999", {"far_template@Base": "1.0"}),
        (b" no_version@Base", {}),
        (b" \xff\xfe@Base 1.0", {"\udcff\udcfe@Base": "1.0"}),
    ],
)
def test_tags_and_patterns_of_templates(line: bytes, symbols: dict[str, str]) -> None:
    """Tags are taken off; a pattern matches nothing, and its version does not count."""
    entry = parse_symbols(b"libx.so.1 libx1 #MINVER#\n" + line + b"\n", "libx.so.1")
    assert entry is not None
    assert {name: each.version for name, each in entry.symbols.items()} == symbols
    assert entry.smallest == ("1.0" if symbols else "")


def test_an_entry_that_comes_twice() -> None:
    """The dependencies of the last, the symbols of both."""
    content = b"l.so.1 old #MINVER#\n a@Base 1\nl.so.1 new #MINVER#\n| more\n b@Base 2 1\n"
    assert parse_symbols(content, "l.so.1") == LibrarySymbols(
        templates=("new #MINVER#", "more"),
        symbols={
            "a@Base": SymbolVersion(version="1", template=0),
            "b@Base": SymbolVersion(version="2", template=1),
        },
        versions=frozenset({"Base"}),
        smallest="1",
    )


@given(st.lists(st.sampled_from([b"l.so.1 l1 #MINVER#", b" a@Base 1", b"| b", b" (c++)x 1"]) | st.binary(max_size=12)))
def test_any_bytes_are_read(lines: list[bytes]) -> None:
    """No line is an error, and every symbol has a template."""
    entry = parse_symbols(b"\n".join(lines), "l.so.1")
    if entry is not None:
        assert all(each.template < len(entry.templates) for each in entry.symbols.values())
