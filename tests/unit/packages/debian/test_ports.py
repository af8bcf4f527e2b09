"""Where the other architectures of an archive lie."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.debian.apt_sources import AptSource
from pip_sysdeps.packages.debian.ports import Port, for_architecture, parse_ports

PORTS = (
    Port("archive.example/ubuntu", frozenset({"amd64", "i386"}), "http://ports.example/ubuntu-ports"),
    Port("ports.example/ubuntu-ports", frozenset({"arm64"}), "http://archive.example/ubuntu"),
)


@pytest.mark.parametrize(
    ("uri", "architecture", "asked"),
    [
        ("http://archive.example/ubuntu", "amd64", "http://archive.example/ubuntu"),
        ("http://archive.example/ubuntu/", "arm64", "http://ports.example/ubuntu-ports"),
        ("https://de.archive.example/ubuntu", "arm64", "http://ports.example/ubuntu-ports"),
        ("http://ports.example/ubuntu-ports/", "amd64", "http://archive.example/ubuntu"),
        ("http://ports.example/ubuntu-ports/", "arm64", "http://ports.example/ubuntu-ports/"),
        ("http://notarchive.example/ubuntu", "arm64", "http://notarchive.example/ubuntu"),
        ("http://mirror.example/ubuntu", "arm64", "http://mirror.example/ubuntu"),
    ],
)
def test_a_source_for_an_architecture(uri: str, architecture: str, asked: str) -> None:
    """A main server and its country mirrors have some architectures, another archive the others."""
    source = AptSource(uris=(uri,), suites=("noble",), components=("main",))
    assert for_architecture(source, architecture, PORTS).uris == (asked,)


def test_a_table() -> None:
    """One archive a line."""
    assert parse_ports("# x\narchive.example/ubuntu\tamd64,i386\thttp://ports.example/ubuntu-ports\n") == PORTS[:1]


def test_a_broken_table() -> None:
    """Another number of columns is not a table."""
    with pytest.raises(MalformedError, match="not an address, architectures and a URI"):
        parse_ports("archive.example\tamd64\n")
