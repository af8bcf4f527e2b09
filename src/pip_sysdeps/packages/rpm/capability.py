"""Capabilities: what rpm packages provide and require for a shared library.

`libpq.so.5()(64bit)` is a library, `libpq.so.5(PQ_2)(64bit)` one of its symbol versions; 64-bit objects have the mark
`(64bit)`. Source: rpm's `tools/elfdeps.cc`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from pip_sysdeps.model.elf import ElfFile

_EM_ALPHA, _EM_FAKE_ALPHA = 41, 0x9026
"""Machines whose 64-bit objects have no mark."""
_PREFIXES = ("lib", "ld.", "ld-", "ld64.", "ld64-")
_CAPABILITY = re.compile(
    r"(?P<soname>(?:lib|ld[.-]|ld64[.-])[A-Za-z0-9._+@~-]*)(?:\((?P<version>[A-Za-z0-9._+@~-]*)\)(?P<mark>\(64bit\))?)?"
)


def mark_of(elf: ElfFile) -> str:
    """Return the mark in capabilities of an object: `(64bit)` or an empty string."""
    return "(64bit)" if elf.elf_class == 64 and elf.machine not in {_EM_ALPHA, _EM_FAKE_ALPHA} else ""


def has_capability(soname: str) -> bool:
    """Return whether rpm generates a capability for a soname: one with a known prefix and `.so`."""
    return ".so" in soname and soname.startswith(_PREFIXES)


def capability(soname: str, mark: str, version: str = "") -> str | None:
    """Return the capability of a library, or of one of its symbol versions; None if rpm generates none."""
    if not has_capability(soname):
        return None
    text = f"{soname}({version}){mark}" if version or mark else soname
    return text if is_capability(text) else None


def is_capability(text: str) -> bool:
    """Return whether a text is the capability of a library, and safe in a lock and on a command line.

    Sonames with characters that a package manager interprets as a pattern, a comparison or a path are refused.
    """
    found = _CAPABILITY.fullmatch(text)
    if found is None or not has_capability(found["soname"]):
        return False
    return bool(found["mark"]) or found["version"] != ""


def soname_of(text: str, mark: str) -> str | None:
    """Return the soname of a library's capability, or None for a symbol version's or another class."""
    found = _CAPABILITY.fullmatch(text)
    if found is None or found["version"] or (found["mark"] or "") != mark:
        return None
    return found["soname"] if has_capability(found["soname"]) else None


def provides_library(soname: str, paths: Collection[str], directories: Collection[str]) -> bool:
    """Return whether a package that provides a soname has its file in a default directory of the loader.

    A private plugin is provided like a library, but the loader does not find it.
    """
    return any(f"{folder}/{soname}" in paths for folder in directories)
