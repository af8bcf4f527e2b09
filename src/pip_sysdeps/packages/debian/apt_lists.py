"""Parse apt's downloaded package lists and their file names.

Source: apt's URItoFileName: the address of an index with `_` for `/`; apt.conf(5), `Acquire::GzipIndexes`: a list may
be compressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.packages.debian.relations import parse_relations
from pip_sysdeps.packages.debian.release_file import parse_release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

COMPRESSED = ("", ".lz4", ".gz", ".xz", ".bz2", ".zst", ".lzma")
"""Suffixes of compressed lists."""
_FIELDS = re.compile(
    rb"^(?:(Package|Version|Architecture|Installed-Size|Priority|Pre-Depends|Depends|Provides):(.*))?$", re.MULTILINE
)
"""The fields that are used, and the blank line after a stanza: an archive writes each field in one line."""
_PRIORITIES = ("required", "important", "standard", "optional", "extra")
"""Source: Debian Policy 2.5."""
_RELEASES = ("_InRelease", "_Release")
_SEPARATOR = re.compile("_")
"""apt's replacement for `/`."""
_MAX_NAME = 255
"""Characters of a package's name, or of a version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListName:
    """One list of packages, by its file name."""

    file: str
    """The file."""
    suffix: str
    """Its compression: one of `COMPRESSED`."""
    release: str
    """Its Release file, by the start of its name; empty without one."""


class ListedPackage(NamedTuple):
    """One package of a list; a named tuple, as a list has 60,000."""

    name: str
    """`Package`."""
    version: str
    """`Version`."""
    fields: Mapping[bytes, bytes]
    """The other fields, by name."""

    @property
    def architecture(self) -> str:
        """`Architecture`."""
        return _text(self.fields.get(b"Architecture", b""))

    @property
    def source(self) -> str:
        """Its own name: only installed packages need their source package."""
        return self.name

    @property
    def size(self) -> int:
        """`Installed-Size` in bytes; 0 if it is absent or not a number."""
        size = self.fields.get(b"Installed-Size", b"").strip()
        return int(size) << 10 if size.isdigit() and len(size) < 20 else 0

    @property
    def requires(self) -> tuple[tuple[str, ...], ...]:
        """The alternatives of each relation of `Pre-Depends` and `Depends`."""
        return tuple(group for field in (b"Pre-Depends", b"Depends") for group in self._relations(field))

    @property
    def provides(self) -> tuple[str, ...]:
        """The names in `Provides`."""
        return tuple(name for name, *_ in self._relations(b"Provides")) if b"Provides" in self.fields else ()

    @property
    def rank(self) -> int:
        """The preference of apt among packages that provide the same: by `Priority`, the least first."""
        priority = _text(self.fields.get(b"Priority", b""))
        return _PRIORITIES.index(priority) if priority in _PRIORITIES else len(_PRIORITIES)

    def _relations(self, field: bytes) -> tuple[tuple[str, ...], ...]:
        return parse_relations(self.fields.get(field, b"").decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """The fields of a Release file."""

    origin: str = ""
    """`Origin`: `Ubuntu`."""
    codename: str = ""
    """`Codename`: `noble`."""
    automatic: bool = True
    """Whether apt installs from it by default: no `NotAutomatic`, which backports have."""


def package_lists(names: Iterable[str], architecture: str) -> Iterator[ListName]:
    """Yield the lists of one architecture among the names of a folder; those of a flat archive are of every one."""
    names = sorted(names)
    releases = {
        name.removesuffix(end) for name in names for end in ("InRelease", "Release") if name.endswith("_" + end)
    }
    for name in names:
        suffix = next((each for each in COMPRESSED if name.endswith(f"_Packages{each}")), None)
        if suffix is None or ("_binary-" in name and f"_binary-{architecture}_" not in name):
            continue
        starts = (name[: match.end()] for match in reversed([*_SEPARATOR.finditer(name)]))
        release = next((start for start in starts if start in releases), "")
        yield ListName(file=name, suffix=suffix, release=release)


def release_facts(content: bytes) -> ReleaseFacts:
    """Parse a Release or InRelease file; absent fields are empty."""
    fields = parse_release(content)
    return ReleaseFacts(
        origin=fields.get("Origin", ""),
        codename=fields.get("Codename", ""),
        automatic=fields.get("NotAutomatic") != "yes",
    )


def listed_packages(blocks: Iterable[bytes]) -> Mapping[str, tuple[ListedPackage, ...]]:
    """Return the packages of a list by name, each with all its versions.

    Entries with a name or version that is too long are skipped. Each block consists of whole lines.
    """
    found: dict[str, list[ListedPackage]] = {}
    for name, version, fields in _stanzas(blocks):
        if name:
            found.setdefault(name, []).append(ListedPackage(name=name, version=version, fields=fields))
    return {name: tuple(versions) for name, versions in found.items()}


def _stanzas(blocks: Iterable[bytes]) -> Iterator[tuple[str, str, dict[bytes, bytes]]]:
    """Yield name, version and other fields of each stanza that has a version."""
    fields: dict[bytes, bytes] = {}
    for field, value in chain.from_iterable(map(_FIELDS.findall, chain(blocks, [b""]))):
        if field:
            fields[field] = value
        elif b"Version" in fields:
            yield _text(fields.pop(b"Package", b"")), _text(fields.pop(b"Version")), fields
            fields = {}
        else:
            fields = {}


def _text(value: bytes) -> str:
    text = value.strip().decode("ascii", "replace")
    return text if len(text) <= _MAX_NAME else ""
