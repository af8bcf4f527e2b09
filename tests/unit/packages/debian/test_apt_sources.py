"""apt's sources in both styles, and lists of mirrors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.debian.apt_sources import (
    AptSource,
    dump_source,
    parse_mirrors,
    parse_source_list,
    parse_sources,
)


def source(
    *suites: str, components: tuple[str, ...] = ("main",), signed_by: str = "", ignored: tuple[str, ...] = ()
) -> AptSource:
    """Make an entry of one mirror."""
    return AptSource(
        uris=("http://mirror.test/debian",),
        suites=suites,
        components=components,
        signed_by=signed_by,
        ignored=ignored,
    )


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("deb http://mirror.test/debian trixie main\n", (source("trixie"),)),
        ("deb  [arch=amd64 signed-by=/k.gpg]\thttp://mirror.test/debian  trixie main contrib # x", None),
        ("# deb http://mirror.test/debian trixie main\ndeb-src http://mirror.test/debian trixie main\n\n", ()),
        (
            "deb [trusted=yes arch+=i386] http://mirror.test/debian ./",
            (source("./", components=(), ignored=("Trusted",)),),
        ),
        ("deb http://mirror.test/debian trixie main\x0bdeb http://evil.test x y\n", None),
    ],
)
def test_one_line_style(text: str, sources: tuple[AptSource, ...] | None) -> None:
    """Comments and source packages are skipped, options about trust are named, and VT ends no line."""
    if sources is None:
        more = ("contrib",) if "contrib" in text else ("deb", "http://evil.test", "x", "y")
        sources = (source("trixie", components=("main", *more)),)
        if "/k.gpg" in text:
            sources = (replace(sources[0], signed_by="/k.gpg", architectures=("amd64",)),)
    assert parse_source_list(text) == sources


def test_deb822_style() -> None:
    """Several suites, a disabled entry, one of source packages, and a key in the entry itself."""
    text = (
        "Types: deb deb-src\nURIs: http://mirror.test/debian\nSuites: trixie trixie-updates\nComponents: main\n"
        "# a comment\nCheck-Valid-Until: no\nallow-insecure: yes\nSigned-By:\n -----BEGIN\n .\n abc\n\n"
        "Types: deb\nURIs: a\nSuites: b\nEnabled: no\n \n"
        "Types: deb-src\nURIs: a\nSuites: b\n"
    )
    (entry,) = parse_sources(text)
    ignored = ("Allow-Insecure", "Check-Valid-Until")
    assert entry == source("trixie", "trixie-updates", signed_by="\n -----BEGIN\n .\n abc", ignored=ignored)


@pytest.mark.parametrize("entry", [source("trixie", signed_by="/k.gpg"), source("./", components=()), source("a", "b")])
def test_an_entry_is_written_as_it_is_read(entry: AptSource) -> None:
    """In the deb822 style."""
    assert parse_sources(dump_source(entry)) == (entry,)


def test_no_option_is_written_but_signed_by() -> None:
    """Whatever else an entry said about verification."""
    assert dump_source(source("trixie", signed_by="/k.gpg", ignored=("Trusted",))) == (
        "Types: deb\nURIs: http://mirror.test/debian\nSuites: trixie\nComponents: main\nSigned-By: /k.gpg\n"
    )


def test_faulty_entries_are_named() -> None:
    """The error says which."""
    with pytest.raises(MalformedError, match=r"^line 2: not a complete entry$"):
        parse_source_list("\ndeb http://mirror.test\n")
    with pytest.raises(MalformedError, match=r"^entry 1: an entry has no URIs or Suites$"):
        parse_sources("Types: deb\nURIs: a\n")


def test_mirrors_come_by_priority() -> None:
    """Those that serve packages only do not count, and what is not a priority is none."""
    text = (
        "# mirrors\nhttp://last.test/debian\n\nhttp://deb.test/debian type:deb priority:1\n"
        "http://second.test/debian\tpriority:2 type:index\nhttp://first.test/debian\tpriority:1\n"
        "http://also-last.test/debian priority:x\n"
    )
    names = ("first", "second", "last", "also-last")
    assert parse_mirrors(text) == tuple(f"http://{name}.test/debian" for name in names)
