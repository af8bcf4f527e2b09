"""Parse Debian Packages indices.

Source: wiki.debian.org/DebianRepository/Format, "Packages indices"; deb822(5); Debian Policy chapters 5 and 7. Section
and Priority are those of the archive, which override a .deb's; dpkg's status may differ (zlib1g).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.debian.package_name import is_package_name
from pip_sysdeps.packages.debian.relations import parse_relations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FIELDS = {
    b"Package",
    b"Version",
    b"Source",
    b"Section",
    b"Priority",
    b"Essential",
    b"Multi-Arch",
    b"Depends",
    b"Pre-Depends",
    b"Recommends",
    b"Suggests",
    b"Provides",
}
MAX_LINE = 1 << 20
"""Bytes of one field."""
_MAX_RELATIONS = 1 << 14
"""Limit on the packages that one field names; the largest real one, of a metapackage, names about 1,500."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePackage:
    """One binary package of an archive; versions and architecture qualifiers of relations are left out."""

    name: str
    """`Package`."""
    version: str = ""
    """`Version`."""
    source: str
    """`Source` without its version; the package's own name where the field is absent."""
    section: str
    """`Section` without its archive area: `libs`, `libdevel`, `oldlibs`."""
    priority: str
    """`Priority`: `required`, `important`, `optional`, ..."""
    essential: bool
    """`Essential: yes`."""
    multi_arch: str
    """`Multi-Arch`: `same`, `foreign`, `allowed`; empty for `no`."""
    depends: tuple[tuple[str, ...], ...]
    """`Pre-Depends` and `Depends`: of each group the names of its alternatives, in order."""
    provides: tuple[str, ...]
    """`Provides`: its virtual packages."""
    recommends: tuple[tuple[str, ...], ...] = ()
    """`Recommends`, as `depends`."""
    suggests: tuple[tuple[str, ...], ...] = ()
    """`Suggests`, as `depends`."""


def parse_packages(lines: Iterable[bytes]) -> Iterator[ArchivePackage]:
    """Yield the packages of a Packages index, in its order; `lines` is streamed.

    A package whose name Debian Policy does not allow is skipped: names reach a command line. Raise MalformedError for a
    stanza without a name, an invalid or too long line, or too many relations.
    """
    fields: dict[bytes, bytes] = {}
    started = number = 0
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            raise MalformedError(f"line longer than {MAX_LINE} bytes", where=f"line {number}")
        if not line.strip():
            if started:
                yield from _package(fields, started)
            fields, started = {}, 0
            continue
        started = started or number
        name, colon, value = line.partition(b":")
        if name in _FIELDS:
            fields[name] = value
        elif not colon and line[:1] not in {b" ", b"\t"}:
            raise MalformedError("neither a field nor a continuation", where=f"line {number}")
    if started:
        yield from _package(fields, started)


def _package(fields: dict[bytes, bytes], line: int) -> Iterator[ArchivePackage]:
    text = {name.decode(): value.decode("utf-8", "surrogateescape").strip() for name, value in fields.items()}
    name = text.get("Package", "")
    if not name:
        raise MalformedError("a stanza has no Package field", where=f"line {line}")
    if not is_package_name(name):
        return
    if max(each.count(",") + each.count("|") for each in text.values()) >= _MAX_RELATIONS:
        raise MalformedError(f"more than {_MAX_RELATIONS} packages in one field", where=f"line {line}")
    yield ArchivePackage(
        name=name,
        version=text.get("Version", ""),
        source=(text.get("Source") or name).partition(" ")[0],
        section=text.get("Section", "").rpartition("/")[2],
        priority=text.get("Priority", ""),
        essential=text.get("Essential") == "yes",
        multi_arch=text.get("Multi-Arch", ""),
        depends=parse_relations(text.get("Pre-Depends", "")) + parse_relations(text.get("Depends", "")),
        provides=tuple(names[0] for names in parse_relations(text.get("Provides", ""))),
        recommends=parse_relations(text.get("Recommends", "")),
        suggests=parse_relations(text.get("Suggests", "")),
    )
