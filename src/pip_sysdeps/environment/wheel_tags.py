"""Wheel tags: the tags that a target supports, and the glibc and system libraries that a tag allows.

Source: packaging.python.org, "Platform compatibility tags"; PEP 425, 513, 571, 599 and 600. The list of libraries is
that of auditwheel's policies, to which PEP 600 refers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OLDEST_GLIBC = {"x86_64": 5, "i686": 5}
"""The oldest glibc 2.x that a platform tag is defined for; 17 for all others. Source: PEP 600, PEP 599."""
_NEWEST_MUSL = 9
"""The newest musl 1.x in a tag; the current version is 1.2 (PEP 656)."""
_ABI = re.compile(r"(cp|pp)([0-9])([0-9]{1,2})(t?)")
_PERENNIAL = re.compile(r"manylinux_([0-9]{1,3})_([0-9]{1,3})_")
_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
"""The glibc of tags without a number (PEP 600, "Legacy manylinux tags")."""
_ALLOWED = frozenset(
    {
        "libGL.so.1",
        "libICE.so.6",
        "libSM.so.6",
        "libX11.so.6",
        "libXext.so.6",
        "libXrender.so.1",
        "libanl.so.1",
        "libatomic.so.1",
        "libc.so.6",
        "libdl.so.2",
        "libgcc_s.so.1",
        "libglib-2.0.so.0",
        "libgobject-2.0.so.0",
        "libgthread-2.0.so.0",
        "libm.so.6",
        "libnsl.so.1",
        "libpthread.so.0",
        "libresolv.so.2",
        "librt.so.1",
        "libstdc++.so.6",
        "libutil.so.1",
        "libz.so.1",
    }
)
_ALLOWED_SINCE = {"libexpat.so.1": (2, 12), "libmvec.so.1": (2, 24)}
_LOADERS = ("ld-linux", "ld64.so")


# ------------------------------------------------------------------------------------------------ which wheels fit


def supported_tags(abi_tag: str, machine: str, glibc: str, *, libc: str = "glibc") -> frozenset[Tag]:
    """Return every tag that an interpreter accepts: `cp311` on `aarch64` with glibc `2.36`, or with `libc` "musl".

    With an unknown glibc, tags of all versions are returned, as for musl. Source: packaging.tags, PEP 425, PEP
    600, PEP 656.
    """
    kind, major, minor, threads = _parse_abi_tag(abi_tag)
    version = (int(major), int(minor))
    platforms = list(_musl_platforms(machine) if libc == "musl" else _platforms(machine, glibc))
    if kind == "cp":
        own_tags = cpython_tags(version, [f"cp{major}{minor}{threads}"], platforms)
    else:
        own_tags = generic_tags(f"pp{major}{minor}", [f"pypy{major}{minor}_pp73"], platforms)
    return frozenset({*own_tags, *compatible_tags(version, f"{kind}{major}{minor}", platforms)})


def python_of_tags(tags: Iterable[Tag]) -> frozenset[str]:
    """Return the ABI tags (`cp311`, `cp313t`) that a wheel requires; empty if it accepts others too."""
    found = {_abi_tag(tag) for tag in tags}
    return frozenset(filter(None, found)) if "" not in found else frozenset()


def _abi_tag(tag: Tag) -> str:
    if _ABI.fullmatch(tag.abi):
        return tag.abi
    return tag.interpreter if _ABI.fullmatch(tag.interpreter) and tag.abi != "abi3" else ""


def _parse_abi_tag(abi_tag: str) -> tuple[str, str, str, str]:
    match = _ABI.fullmatch(abi_tag)
    if match is None:
        raise ValueError(abi_tag)
    return match[1], match[2], match[3], match[4]


def _platforms(machine: str, glibc: str) -> Iterator[str]:
    """Yield the platform tags of a machine, the newest first."""
    newest = int(glibc.partition(".")[2] or 99)
    for minor in range(newest, _OLDEST_GLIBC.get(machine, 17) - 1, -1):
        yield f"manylinux_2_{minor}_{machine}"
        yield from (f"{name}_{machine}" for name, promised in _LEGACY.items() if promised == (2, minor))
    yield f"linux_{machine}"


def _musl_platforms(machine: str) -> Iterator[str]:
    """Yield the platform tags of a machine with musl, the newest first."""
    yield from (f"musllinux_1_{minor}_{machine}" for minor in range(_NEWEST_MUSL, -1, -1))
    yield f"linux_{machine}"


# --------------------------------------------------------------------------------------------- what a wheel promises


def promised_glibc(tags: Iterable[str]) -> tuple[int, int] | None:
    """Return the oldest glibc among a wheel's tags; None for tags without a glibc."""
    return min(filter(None, map(_glibc_of, tags)), default=None)


def is_allowed(soname: str, glibc: tuple[int, int]) -> bool:
    """Return whether a tag for this glibc allows a wheel to use a system library."""
    return soname in _ALLOWED or soname.startswith(_LOADERS) or _ALLOWED_SINCE.get(soname, (999, 0)) <= glibc


def _glibc_of(tag: str) -> tuple[int, int] | None:
    platform = tag.rpartition("-")[2]
    match = _PERENNIAL.match(platform)
    if match:
        return int(match[1]), int(match[2])
    return next((version for name, version in _LEGACY.items() if platform.startswith(f"{name}_")), None)
