"""The glibc versions that ELF files need, by their symbol versions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.model.elf import ElfFile

_GLIBC_VERSION = re.compile(r"GLIBC_([0-9]{1,4}(?:\.[0-9]{1,4}){1,3})$")
_NUMBERED = re.compile(r"GLIBC_[0-9]")


def version_key(version: str) -> tuple[int, ...]:
    """Return a key that orders versions of glibc: `2.34` is newer than `2.5`."""
    return tuple(map(int, version.split(".")))


def newest_glibc(objects: Iterable[ElfFile]) -> str:
    """Return the newest `GLIBC_` version that any of the objects needs, as `2.34`; empty if none.

    `GLIBC_PRIVATE` and `GLIBC_ABI_DT_RELR` are not numbers and are ignored, as are the versions of `impossible_glibc`.
    """
    versions = {
        match[1] for elf in objects for need in elf.version_needs if (match := _GLIBC_VERSION.match(need.version))
    }
    return max(versions, key=version_key, default="")


def impossible_glibc(elf: ElfFile) -> str:
    """Return a needed version that no glibc can have, such as `GLIBC_99999.1`; empty if none."""
    versions = (need.version for need in elf.version_needs if _NUMBERED.match(need.version))
    return next((version for version in versions if not _GLIBC_VERSION.match(version)), "")
