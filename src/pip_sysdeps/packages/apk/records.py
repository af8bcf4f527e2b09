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
"""A line without a colon behind its letter."""
_BAD_PATH = re.compile(rb"^(?:R:(?:|\.\.?|.*[/\0].*)|F:(?:/.*|(?:.*/)?\.\.?(?:/.*)?|.*\0.*))$", re.MULTILINE)
"""A file with a slash in its name, a folder that is absolute or leads out of the root."""
_SUSPICIOUS = (b"\nF:/", b"\nF:.", b"/./", b"/../", b"/.\n", b"/..\n", b"\nR:.\n", b"\nR:..\n", b"\nR:\n", b"\0")
"""What a text with such a path has somewhere, most of them nowhere: a look for these is ten times as fast."""
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
    """`A`: `x86_64`, `noarch`; empty where it is absent."""
    origin: str
    """`o`: the source package; empty where it is absent."""
    installed_size: int
    """`I`, in bytes; 0 where it is absent or no number."""
    depends: tuple[str, ...]
    """`D`: names of packages and capabilities, without versions; conflicts (`!name`) left out."""
    provides: tuple[str, ...]
    """`p`: names of packages and capabilities, without versions."""


def parse_packages(content: bytes) -> tuple[ApkPackage, ...]:
    """Parse the stanzas of an index or a database; of two packages of one name the last counts, at the first's place.

    Raise MalformedError, with the line, for a line that is no field, a package without a name or version, names that
    cannot be such, and a text whose end is cut off.
    """
    _require_end(content)
    packages: dict[str, ApkPackage] = {}
    for start, end in stanzas(content):
        package = _package(content, start, end)
        packages[package.name] = package
    return tuple(packages.values())


def stanzas(content: bytes) -> list[tuple[int, int]]:
    """Return where each stanza begins and ends."""
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(content):
        end = content.find(b"\n\n", start)
        end = len(content) if end < 0 else end
        if content[start:end].strip(b"\n"):
            found.append((start, end))
        start = end + 2
    return found


def require_safe_paths(content: bytes) -> None:
    """Raise MalformedError, with the line, for a path that a package cannot own."""
    if not any(mark in content for mark in _SUSPICIOUS) and _FILE_WITH_SLASH.search(content) is None:
        return
    match = _BAD_PATH.search(content)
    if match is not None:
        raise MalformedError(f"no usable path: {_shown(match[0][2:])}", where=_line(content, match.start()))


def names_of(relations: str) -> tuple[str, ...]:
    """Return the names of a dependency list: `so:libc.so>=1 !conflict name@tag` without versions, tags and conflicts.

    Source: apk-world(5); apk_dep_parse.
    """
    words = (re.split("[<>=~@]", word, maxsplit=1)[0] for word in relations.split() if not word.startswith("!"))
    return tuple(filter(None, words))


def _require_end(content: bytes) -> None:
    if content and not content.endswith(b"\n\n") and content.strip(b"\n"):
        reason = "the text is cut off: no blank line ends the last package"
        raise MalformedError(reason, where=_line(content, len(content.rstrip(b"\n"))))


def _package(content: bytes, start: int, end: int) -> ApkPackage:
    files = content.find(b"\nF:", start, end)
    head = content[start : end if files < 0 else files]
    wrong = _NO_FIELD.search(head)
    if wrong is not None:
        raise MalformedError(f"no field: {_shown(wrong[0])}", where=_line(content, start + wrong.start()))
    fields = {letter: value.decode("utf-8", "surrogateescape").strip() for letter, value in _FIELD.findall(head)}
    name, version, architecture = (fields.get(letter, "") for letter in (b"P", b"V", b"A"))
    if not is_installed_name(name):
        raise MalformedError(f"no usable package name: {name!r}", where=_first_line(content, start))
    for value, form in ((version, _VERSION), (architecture or "noarch", _ARCHITECTURE)):
        if not form.fullmatch(value):
            where = f"{_first_line(content, start)} ({name})"
            raise MalformedError(f"no usable version or architecture: {value!r}", where=where)
    return ApkPackage(
        name=name,
        version=version,
        architecture=architecture,
        origin=fields.get(b"o", ""),
        installed_size=_size(fields.get(b"I", "")),
        depends=names_of(fields.get(b"D", "")),
        provides=names_of(fields.get(b"p", "")),
    )


def _size(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else 0


def _first_line(content: bytes, start: int) -> str:
    """Return the line on which a stanza begins, blank lines in front of it left out."""
    rest = content[start : start + 1]
    while rest == b"\n":
        start += 1
        rest = content[start : start + 1]
    return _line(content, start)


def _line(content: bytes, offset: int) -> str:
    number = content.count(b"\n", 0, offset) + 1
    return f"line {number}"


def _shown(text: bytes) -> str:
    return repr(text[:60].decode("utf-8", "replace"))
