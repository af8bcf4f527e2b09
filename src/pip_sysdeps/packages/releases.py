"""Releases that share the package names of another release, as derivatives do."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.system.shipped import read_shipped, table_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})*", re.ASCII)


class ListedRelease(NamedTuple):
    """One release of the shipped table."""

    distro: str
    """`ID` of os-release(5)."""
    version: str
    """`VERSION_ID`."""
    names: str
    """The release with the same package names, as a target id without the architecture: `debian-trixie`."""


@cache
def listed_releases() -> Mapping[str, ListedRelease]:
    """Return the shipped table by codename."""
    return parse_releases(read_shipped("releases.txt"))


def names_of(distro: str, codename: str, version: str) -> str:
    """Return the release with the same package names, `debian-trixie`; empty if unknown.

    It is found by the codename, which derivatives keep, else by the newest listed release of the same distribution that
    is not later.
    """
    releases = listed_releases()
    if codename in releases:
        return releases[codename].names
    key = _version_key(version)
    older = [each for each in releases.values() if each.distro == distro and () < _version_key(each.version) <= key]
    return max(older, key=lambda each: _version_key(each.version)).names if older else ""


@cache
def glibc_releases() -> Mapping[str, str]:
    """Return the shipped table of glibc versions by release, a target's id without the architecture."""
    return parse_glibc_releases(read_shipped("glibc.txt"))


def parse_glibc_releases(text: str) -> dict[str, str]:
    """Parse the table: release and version, separated by a tab; `#` begins a comment line.

    Raise MalformedError for another form and for a repeated release.
    """
    found: dict[str, str] = {}
    for number, line in table_lines(text):
        release, _, version = line.partition("\t")
        if not _VERSION.fullmatch(version) or release in found:
            raise MalformedError("not a new release and a version", where=f"line {number}")
        found[release] = version
    return found


def parse_releases(text: str) -> dict[str, ListedRelease]:
    """Parse the table: codename, ID, VERSION_ID and names, separated by tabs; `#` begins a comment line.

    Raise MalformedError for another form and for a repeated codename.
    """
    found: dict[str, ListedRelease] = {}
    for number, line in table_lines(text):
        codename, *rest = line.split("\t")
        if len(rest) != 3 or codename in found or not _VERSION.fullmatch(rest[1]):
            raise MalformedError("not a new codename, an ID, a version and a release", where=f"line {number}")
        found[codename] = ListedRelease(*rest)
    return found


def _version_key(version: str) -> tuple[int, ...]:
    """Return the numbers of a version; empty for an invalid one."""
    return tuple(map(int, version.split("."))) if _VERSION.fullmatch(version) else ()
