"""Parse a binary package's symbols file: the version that introduced each symbol of a library.

Source: deb-symbols(5). The templates of source packages have tags and patterns too (deb-src-symbols(5));
dpkg-gensymbols expands them, one line per symbol, when it builds the binary package. Remaining ones are parsed as
dpkg-shlibdeps does: tags are removed, and a pattern (`c++`, `regex`, `symver`, `*@VERSION`) matches no symbol.
So no name is demangled.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.packages.debian.version import version_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_HEADER = re.compile(r"^[^\s#|*(].*$", re.MULTILINE)
_TEMPLATE = re.compile(r"^\|[ \t]*(.*)$", re.MULTILINE)
_SYMBOL = re.compile(r"^[ \t]+([^\s(]\S*)[ \t](\S+)(?:[ \t]([0-9]+))?", re.MULTILINE)
_TAGGED = re.compile(
    r"^[ \t]+\(([^()\n]+)\)(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s\"']\S*))[ \t](\S+)(?:[ \t]([0-9]+))?", re.MULTILINE
)
_GONE = re.compile(
    r"^#(?:DEPRECATED|MISSING): [^#\n]+#[ \t]*(?:\([^()\n]+\))?\S+[ \t](\S+)(?:[ \t]([0-9]+))?", re.MULTILINE
)
_PATTERNS = frozenset({"c++", "regex", "symver"})

_Row = tuple[str, str, str]
"""Name, version and number of the template, as written."""


class SymbolVersion(NamedTuple):
    """The origin of a symbol."""

    version: str
    """The first version of the package with the symbol in its present form."""
    template: int
    """The dependency template for its users."""


class LibrarySymbols(NamedTuple):
    """The entry of one library."""

    templates: tuple[str, ...]
    """Dependencies, in which `#MINVER#` is replaced by a version: the main one, then alternatives by number."""
    symbols: Mapping[str, SymbolVersion]
    """By `name@version`, `name@Base` for one without a version."""
    versions: frozenset[str]
    """The versions that its symbols have, `Base` among them."""
    smallest: str
    """The minimum version of all symbols of the main template, including removed ones; empty without any."""


def parse_symbols(content: bytes, soname: str) -> LibrarySymbols | None:
    """Parse the entry of one library; None if the file has none.

    Repeated entries are merged: the dependencies of the last one, the symbols of all. Invalid lines, and symbols of a
    missing template, are skipped.
    """
    entries = tuple(_entries(content.decode("utf-8", "surrogateescape"), soname))
    if not entries:
        return None
    template, body = entries[-1]
    templates = (template, *_TEMPLATE.findall(body))
    rows = [row for _, body in entries for row in _rows(body) if _number(row[2]) < len(templates)]
    known = {pair: SymbolVersion(version=pair[0], template=_number(pair[1])) for pair in {row[1:] for row in rows}}
    gone = [pair for _, body in entries for pair in _GONE.findall(body)]
    versions = {version for version, number in (*known, *gone) if not _number(number)}
    return LibrarySymbols(
        templates=templates,
        symbols=MappingProxyType({name: known[version, number] for name, version, number in rows}),
        versions=frozenset([name.rpartition("@")[2] for name, _, _ in rows]),
        smallest=min(versions, key=version_key, default=""),
    )


def _entries(text: str, soname: str) -> Iterator[tuple[str, str]]:
    """Yield the main template and the body of each entry of the library, up to the next header."""
    if not _HEADER.match(soname):
        return
    header = re.compile(rf"^{re.escape(soname)}[ \t]+(.*)$", re.MULTILINE)
    for match in header.finditer(text):
        following = _HEADER.search(text, match.end())
        yield match[1], text[match.end() : following.start() if following else None]


def _rows(body: str) -> Iterable[_Row]:
    rows = [row for row in _SYMBOL.findall(body) if not row[0].startswith("*@")]
    for tags, double, single, plain, version, number in _TAGGED.findall(body):
        name = double or single or plain
        if not name.startswith("*@") and _PATTERNS.isdisjoint(tags.split("|")):
            rows.append((name, version, number))
    return rows


def _number(digits: str) -> int:
    """Return the number of a template; 0, the main one, if absent or too long."""
    return int(digits) if 0 < len(digits) < 6 else 0
