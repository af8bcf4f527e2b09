"""Which wheels fit a target: by their tags (packaging.python.org, "Platform compatibility tags")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PLATFORM_ARCHITECTURES = {
    "amd64": "x86_64",
    "arm64": "aarch64",
    "armhf": "armv7l",
    "i386": "i686",
    "loong64": "loongarch64",
    "ppc64el": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}
"""Debian's name of an architecture -> the one in platform tags, which is that of uname(2)."""

_FIRST = {"x86_64": 5, "i686": 5}
"""The oldest glibc 2.x that a platform tag is defined for; 17 for all others. Source: PEP 600, PEP 599."""
_LEGACY = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
_ABI = re.compile(r"(cp|pp)([0-9])([0-9]{1,2})(t?)")


def fitting_tags(abi_tag: str, architecture: str, glibc: str) -> frozenset[Tag]:
    """Return every tag that an interpreter takes: `cp311` on `arm64` with glibc `2.36`.

    Without a known glibc all of them count. Source: packaging.tags, PEP 425, PEP 600.
    """
    kind, major, minor, threads = _parsed(abi_tag)
    version = (int(major), int(minor))
    platforms = list(_platforms(PLATFORM_ARCHITECTURES.get(architecture, architecture), glibc))
    if kind == "cp":
        own = cpython_tags(version, [f"cp{major}{minor}{threads}"], platforms)
    else:
        own = generic_tags(f"pp{major}{minor}", [f"pypy{major}{minor}_pp73"], platforms)
    return frozenset({*own, *compatible_tags(version, f"{kind}{major}{minor}", platforms)})


def own_python(tags: Iterable[Tag]) -> frozenset[str]:
    """Return the ABI tags (`cp311`, `cp313t`) of the only interpreters that take a wheel; empty if several do."""
    found = {_abi_tag(tag) for tag in tags}
    return frozenset(filter(None, found)) if "" not in found else frozenset()


def _abi_tag(tag: Tag) -> str:
    if _ABI.fullmatch(tag.abi):
        return tag.abi
    return tag.interpreter if _ABI.fullmatch(tag.interpreter) and tag.abi != "abi3" else ""


def _parsed(abi_tag: str) -> tuple[str, str, str, str]:
    match = _ABI.fullmatch(abi_tag)
    if match is None:
        raise ValueError(abi_tag)
    return match[1], match[2], match[3], match[4]


def _platforms(machine: str, glibc: str) -> Iterator[str]:
    """Yield the platform tags of a machine, the newest first."""
    newest = int(glibc.partition(".")[2] or 99)
    for minor in range(newest, _FIRST.get(machine, 17) - 1, -1):
        yield f"manylinux_2_{minor}_{machine}"
        if minor in _LEGACY:
            yield f"{_LEGACY[minor]}_{machine}"
    yield f"linux_{machine}"
