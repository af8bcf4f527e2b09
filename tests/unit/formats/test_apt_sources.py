"""apt's sources in both styles."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.formats.apt_sources import AptSource, dump_source, parse_source_list, parse_sources


def source(*suites: str, components: tuple[str, ...] = ("main",), **options: str) -> AptSource:
    """Make an entry; options with `_` for `-`."""
    pairs = tuple((name.replace("_", "-"), value) for name, value in options.items())
    return AptSource(uris=("http://mirror.test/debian",), suites=suites, components=components, options=pairs)


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("deb http://mirror.test/debian trixie main\n", (source("trixie"),)),
        ("deb  [arch=amd64 signed-by=/k.gpg]\thttp://mirror.test/debian  trixie main contrib # x", None),
        ("# deb http://mirror.test/debian trixie main\ndeb-src http://mirror.test/debian trixie main\n\n", ()),
        ("deb [trusted=yes] http://mirror.test/debian ./", (source("./", components=(), Trusted="yes"),)),
    ],
)
def test_one_line_style(text: str, sources: tuple[AptSource, ...] | None) -> None:
    """Comments and source packages are passed over; of the options those count that say how to verify."""
    signed = (source("trixie", components=("main", "contrib"), Signed_By="/k.gpg"),)
    assert parse_source_list(text) == (signed if sources is None else sources)


def test_deb822_style() -> None:
    """Several suites, a disabled entry, one of source packages, and a key in the entry itself."""
    text = (
        "Types: deb deb-src\nURIs: http://mirror.test/debian\nSuites: trixie trixie-updates\nComponents: main\n"
        "# a comment\nSigned-By:\n -----BEGIN\n .\n abc\n\n"
        "Types: deb\nURIs: a\nSuites: b\nEnabled: no\n \n"
        "Types: deb-src\nURIs: a\nSuites: b\n"
    )
    (entry,) = parse_sources(text)
    assert entry == source("trixie", "trixie-updates", Signed_By="\n -----BEGIN\n .\n abc")


@pytest.mark.parametrize(
    "entry",
    [
        source("trixie", Signed_By="/k.gpg"),
        source("./", components=(), Trusted="yes"),
        source("a", "b", Signed_By="\n x"),
    ],
)
def test_an_entry_is_written_as_it_is_read(entry: AptSource) -> None:
    """In the deb822 style, keys of several lines included."""
    assert parse_sources(dump_source(entry)) == (entry,)


def test_faulty_entries_are_named() -> None:
    """The error says which."""
    with pytest.raises(MalformedError, match=r"^line 2: not a complete entry$"):
        parse_source_list("\ndeb http://mirror.test\n")
    with pytest.raises(MalformedError, match=r"^entry 1: an entry without URIs or Suites$"):
        parse_sources("Types: deb\nURIs: a\n")
