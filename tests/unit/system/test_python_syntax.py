"""Sources of others, parsed without a word."""

from __future__ import annotations

import sys
import warnings
from typing import Literal

import pytest

from pip_sysdeps.system.python_syntax import parse_python


@pytest.mark.parametrize("action", ["always", "error"])
def test_the_parser_says_nothing(action: Literal["always", "error"]) -> None:
    """An invalid escape and `1if` are neither warnings nor errors."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter(action)
        assert parse_python(b"x = '\\d'\ny = 1if x else 2\nz = x is 'a'\n") is not None
    assert said == []


@pytest.mark.parametrize(
    "source", [b"a b", b"\0", b"(" * 3000, b"-" * 100_000 + b"a", b"# coding: nonsense\n", b"\xff"]
)
def test_what_is_no_python(source: bytes) -> None:
    """Invalid Python gives no tree, and no exception."""
    assert parse_python(source) is None


@pytest.mark.parametrize("gap", [b".", b" . ", b" \\\n.", b".\\\r\t"])
def test_an_import_of_many_parts_is_not_parsed(gap: bytes) -> None:
    """The parser needs squared memory for it: 4 GB for 60,000 parts."""
    assert parse_python(b"import " + gap.join([b"a"] * 20)) is not None
    assert parse_python(b"import " + gap.join([b"a"] * 200)) is None


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="later parsers read a string once")
@pytest.mark.parametrize("quote", [b"'", b'"', b"'''", b'"""'])
@pytest.mark.parametrize("prefix", [b"f", b"RF", b"Fr"])
def test_a_long_string_of_many_fields_is_not_parsed(prefix: bytes, quote: bytes) -> None:
    """The parser reads it again for each field: 900 KB with 2,000 fields take 6 s."""
    text, fields = b"a" * 500_000, b"{a}\\'\\\"" * 1100
    assert parse_python(b"# f'''\nx = " + prefix + quote + text + fields + quote) is None
    assert parse_python(b"x = " + quote + text + fields + quote) is not None


@pytest.mark.parametrize("start", [b"#", b"\n#", b"# a\r\n\t#", b"#\r#"])
def test_a_source_with_hidden_marks_is_not_parsed(start: bytes) -> None:
    """UTF-7 and escapes write marks with letters, which do not count; other encodings keep those of ASCII."""
    for encoding in (b"utf-7", b"unicode_escape"):
        assert parse_python(start + b" coding: " + encoding + b"\nx = 1\n") is None
    for encoding in (b"utf-8", b"latin-1-unix", b"cp1252", b"euc-jp"):
        assert parse_python(start + b" coding: " + encoding + b"\nx = 1\n") is not None
