"""The text format of apk's installed database and of its indices: stanzas of lines `X:value`.

Source: apk-package(5), for each field its "v2-index-character"; apk-tools src/database.c, apk_db_fdb_read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.apk.names import is_installed_name

_FIELD = re.compile(rb"^([PVAIoDp]):(.*)$", re.MULTILINE)
_NO_FIELD = re.compile(rb"^[^\n][^:\n].*$", re.MULTILINE)
"""Matches a line without a colon after its letter."""
_NO_FOLDER = re.compile(rb"^[RaMZ]:.*$", re.MULTILINE)
"""Matches a file, or an attribute of one, before the first folder."""
_BAD_PATH = re.compile(rb"^(?:R:(?:|\.\.?|.*[/\0].*)|F:(?:/.*|(?:.*/)?\.\.?(?:/.*)?|.*\0.*))$", re.MULTILINE)
"""Matches a file with a slash in its name, and a folder that is absolute or leaves the root."""
_SUSPICIOUS = (b"\nF:/", b"\nF:.", b"/./", b"/../", b"/.\n", b"/..\n", b"\nR:.\n", b"\nR:..\n", b"\nR:\n", b"\0")
"""Substrings of such paths, which are searched first: this is ten times as fast."""
_FILE_WITH_SLASH = re.compile(rb"\nR:[^\n/]*/")
_VERSION = re.compile(r"[A-Za-z0-9.+~_:-]+")
_ARCHITECTURE = re.compile(r"[a-z0-9][a-z0-9_-]*")
_MAX_DIGITS = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class ApkPackage:
    """One package, installed or of an index."""

    name: str
    """`P`."""
    version: str
    """`V`."""
    architecture: str
    """`A`: `x86_64`, `noarch`; empty if it is absent."""
    source: str
    """`o`, the origin: the source package; the package's own name if it is absent."""
    size: int
    """`I`, in bytes; 0 if it is absent or not a number."""
    requires: tuple[tuple[str], ...]
    """`D`: names of packages and capabilities, without versions and conflicts (`!name`); no alternatives."""
    provides: tuple[str, ...]
    """`p`: names of packages and capabilities, without versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stanza:
    """One package and the place of its lines in the text."""

    package: ApkPackage
    """The parsed package."""
    start: int
    """The offset of its first line."""
    end: int
    """The offset of the newline that ends its last line."""


def parse_packages(content: bytes) -> tuple[ApkPackage, ...]:
    """Parse an index or a database. Of two packages with the same name, the last counts, at the place of the first.

    Raise MalformedError as `parse_stanzas`.
    """
    return tuple({each.package.name: each.package for each in parse_stanzas(content)}.values())


def parse_stanzas(content: bytes) -> tuple[Stanza, ...]:
    """Parse the stanzas of an index or a database.

    Raise MalformedError, with the line, for a line that is not a field, a package without a name or version, invalid
    names, a file without a folder, and a truncated text.
    """
    if content.strip(b"\n") and not content.endswith(b"\n\n"):
        reason = "the text is cut off: no blank line ends the last package"
        raise MalformedError(reason, where=_line(content, len(content.rstrip(b"\n"))))
    found: list[Stanza] = []
    start = _next_line(content, 0)
    while start < len(content):
        end = content.find(b"\n\n", start)
        found.append(Stanza(package=_package(content, start, end), start=start, end=end))
        start = _next_line(content, end)
    return tuple(found)


def require_safe_paths(content: bytes) -> None:
    """Raise MalformedError, with the line, for a path that a package cannot own."""
    if not any(mark in content for mark in _SUSPICIOUS) and _FILE_WITH_SLASH.search(content) is None:
        return
    match = _BAD_PATH.search(content)
    if match is not None:
        raise MalformedError(f"invalid path: {_shown(match[0][2:])}", where=_line(content, match.start()))


def names_of(relations: str) -> tuple[str, ...]:
    """Return the names of a dependency list: `so:libc.so>=1 !conflict name@tag` without versions, tags and conflicts.

    Source: apk-world(5); apk_dep_parse.
    """
    words = (re.split("[<>=~@]", word, maxsplit=1)[0] for word in relations.split() if not word.startswith("!"))
    return tuple(filter(None, words))


def _package(content: bytes, start: int, end: int) -> ApkPackage:
    files = content.find(b"\nF:", start, end)
    head = content[start : end if files < 0 else files]
    for form, reason in ((_NO_FIELD, "not a field"), (_NO_FOLDER, "a file without a folder")):
        wrong = form.search(head)
        if wrong is not None:
            raise MalformedError(f"{reason}: {_shown(wrong[0])}", where=_line(content, start + wrong.start()))
    fields = {letter: value.decode("utf-8", "surrogateescape").strip() for letter, value in _FIELD.findall(head)}
    name, version, architecture = (fields.get(letter, "") for letter in (b"P", b"V", b"A"))
    if not is_installed_name(name):
        raise MalformedError(f"invalid package name: {name[:60]!r}", where=_line(content, start))
    for value, rule in ((version, _VERSION), (architecture or "noarch", _ARCHITECTURE)):
        if not rule.fullmatch(value):
            where = f"{_line(content, start)} ({name})"
            raise MalformedError(f"invalid version or architecture: {value[:60]!r}", where=where)
    return ApkPackage(
        name=name,
        version=version,
        architecture=architecture,
        source=fields.get(b"o", "") or name,
        size=_size(fields.get(b"I", "")),
        requires=tuple([(each,) for each in names_of(fields.get(b"D", ""))]),
        provides=names_of(fields.get(b"p", "")),
    )


def _size(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0


def _next_line(content: bytes, start: int) -> int:
    """Return the start of the first line at or after an offset that is not blank."""
    while content.startswith(b"\n", start):
        start += 1
    return start


def _line(content: bytes, offset: int) -> str:
    number = content.count(b"\n", 0, offset) + 1
    return f"line {number}"


def _shown(text: bytes) -> str:
    return repr(text[:60].decode("utf-8", "replace"))
