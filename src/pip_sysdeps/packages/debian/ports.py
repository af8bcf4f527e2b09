"""Archives that have some architectures on another server, as Ubuntu's ports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.system.shipped import table_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.packages.debian.apt_sources import AptSource


class Port(NamedTuple):
    """One archive of the shipped table."""

    address: str
    """Its host and path: `archive.ubuntu.com/ubuntu`."""
    architectures: frozenset[str]
    """Its architectures."""
    other_uri: str
    """The URI of the archive that has the others."""


def parse_ports(text: str) -> tuple[Port, ...]:
    """Parse the table: address, architectures and another URI, separated by tabs; `#` begins a comment line.

    Raise MalformedError for another form.
    """
    found = []
    for number, line in table_lines(text):
        columns = line.split("\t")
        if len(columns) != 3:
            raise MalformedError("not an address, architectures and a URI", where=f"line {number}")
        found.append(Port(columns[0], frozenset(columns[1].split(",")), columns[2]))
    return tuple(found)


def for_architecture(source: AptSource, architecture: str, ports: Iterable[Port]) -> AptSource:
    """Return a source with the URIs of the archives that have an architecture."""
    return replace(source, uris=tuple(dict.fromkeys(_uri(each, architecture, ports) for each in source.uris)))


def _uri(uri: str, architecture: str, ports: Iterable[Port]) -> str:
    address = uri.partition("://")[2].rstrip("/")
    for port in ports:
        if address == port.address or address.endswith(f".{port.address}"):
            return uri if architecture in port.architectures else port.other_uri
    return uri
