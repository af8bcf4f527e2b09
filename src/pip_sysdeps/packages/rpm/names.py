"""Names that are safe in a lock of an rpm system and on a command line.

dnf interprets `@` as a group, `*`, `?` and `[` as a pattern and a leading `-` as an option; zypper interprets a leading
`-`, `!`, `+` or `~` as removal or installation. Valid names exclude them. Source: `ALLOWED_CHARS_NAME` and
`ALLOWED_CHARS_VERREL` of rpm's `build/parsePreamble.cc`; dnf(8), "Specifying packages"; zypper(8), "install".
"""

from __future__ import annotations

import re

from pip_sysdeps.packages.rpm.architectures import ARCHITECTURES

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
_VERSION = re.compile(r"(?:[0-9]{1,10}:)?[A-Za-z0-9._+~^]+-[A-Za-z0-9._+~^]+")
_PRINTABLE_ASCII = re.compile(r"[!-~]+")
_ARCHITECTURES = frozenset({*ARCHITECTURES, "i386", "i486", "i586", "armv7hnl", "ppc64"})
"""Architectures that can follow a package name."""
_DEVELOPMENT = re.compile(r".*-(?:devel|devel-static|static|headers)(?:-.*bit)?(?:\.[a-z0-9_]+)?")


def is_printable_ascii(text: str) -> bool:
    """Return whether a text is printable ASCII without spaces, as rpm requires of names, versions and architectures."""
    return _PRINTABLE_ASCII.fullmatch(text) is not None


def is_package_name(name: str) -> bool:
    """Return whether a text is a valid package name, with `.architecture` for one of another machine."""
    return _NAME.fullmatch(name) is not None


def is_version(version: str) -> bool:
    """Return whether a text is a valid full version, `[epoch:]version-release`."""
    return _VERSION.fullmatch(version) is not None


def is_development(name: str) -> bool:
    """Return whether a package is a development package: `libpq-devel`."""
    return _DEVELOPMENT.fullmatch(name) is not None


def split_name(name: str) -> tuple[str, str]:
    """Return name and architecture of a package, `glibc` and `i686`; the architecture is empty for the system's own."""
    stem, dot, last = name.rpartition(".")
    return (stem, last) if dot and last in _ARCHITECTURES else (name, "")


def source_package(source: str) -> tuple[str, str]:
    """Return name and version of a source package by its file name: `zlib`, `1.3.1-2.fc42`; empty if invalid."""
    stem = source.removesuffix(".rpm").removesuffix(".nosrc").removesuffix(".src")
    name, _, rest = stem.rpartition("-")
    name, _, version = name.rpartition("-")
    return (name, f"{version}-{rest}") if name and version and rest else ("", "")
