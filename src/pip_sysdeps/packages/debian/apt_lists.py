"""The names of apt's own lists of packages, and what a list says of each package.

Source: apt's URItoFileName: the address of an index with `_` for `/`; apt.conf(5), `Acquire::GzipIndexes`: a list may
be compressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

COMPRESSED = ("", ".lz4", ".gz", ".xz", ".bz2", ".zst", ".lzma")
"""What may stand behind the name of a list."""
_FIELDS = re.compile(rb"^(?:(Package|Version):(.*))?$", re.MULTILINE)
"""What is asked of a stanza, or the blank line behind it."""
_RELEASES = ("_InRelease", "_Release")
_MAX_NAME = 255
"""Characters of a package's name, or of a version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListName:
    """One list of packages, by its file name."""

    file: str
    """The file."""
    suffix: str
    """How it is compressed: one of `COMPRESSED`."""
    release: str
    """The Release file that it belongs to, by the start of its name; empty if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What a Release file says of the packages below it."""

    origin: str = ""
    """`Origin`: `Ubuntu`."""
    codename: str = ""
    """`Codename`: `noble`."""
    automatic: bool = True
    """Whether apt installs from it without being asked: no `NotAutomatic`, which backports have."""


def package_lists(names: Iterable[str], architecture: str) -> Iterator[ListName]:
    """Yield the lists of one architecture among the names of a folder; those of a flat archive are of every one."""
    names = sorted(names)
    releases = [
        name.removesuffix(end) for name in names for end in ("InRelease", "Release") if name.endswith("_" + end)
    ]
    for name in names:
        suffix = next((each for each in COMPRESSED if name.endswith(f"_Packages{each}")), None)
        if suffix is None or ("_binary-" in name and f"_binary-{architecture}_" not in name):
            continue
        release = max((each for each in releases if name.startswith(each)), key=len, default="")
        yield ListName(file=name, suffix=suffix, release=release)


def release_facts(content: bytes) -> ReleaseFacts:
    """Read the fields of a Release or InRelease file; what it does not say is empty."""
    lines = content.decode("utf-8", "replace").split("\n")
    fields = {name: value.strip() for name, _, value in (line.partition(":") for line in lines if line[:1].isalpha())}
    return ReleaseFacts(
        origin=fields.get("Origin", ""),
        codename=fields.get("Codename", ""),
        automatic=fields.get("NotAutomatic") != "yes",
    )


def package_versions(blocks: Iterable[bytes]) -> Mapping[str, tuple[str, ...]]:
    """Return the versions of each package of a list; nothing of a field that is too long to be one.

    The blocks are of whole lines, cut anywhere between two.
    """
    found: dict[str, tuple[str, ...]] = {}
    name = ""
    for block in blocks:
        for field, value in _FIELDS.findall(block):
            if field == b"Package":
                name = _text(value)
            elif field == b"Version" and name:
                found[name] = (*found.get(name, ()), _text(value))
            elif not field:
                name = ""
    return found


def _text(value: bytes) -> str:
    text = value.strip().decode("ascii", "replace")
    return text if len(text) <= _MAX_NAME else ""
