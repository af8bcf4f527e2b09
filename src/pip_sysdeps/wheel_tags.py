"""What a wheel's tags promise: on how old a glibc it runs, and which system libraries it takes for granted.

Source: PEP 513, 571, 599 and 600; packaging.python.org, "Platform compatibility tags". The list of libraries is that of
the policies which PEP 600 leaves to auditwheel.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PERENNIAL = re.compile(r"manylinux_([0-9]{1,3})_([0-9]{1,3})_")
_LEGACY = {"manylinux1_": (2, 5), "manylinux2010_": (2, 12), "manylinux2014_": (2, 17)}
_ALWAYS = frozenset(
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
_SINCE = {"libexpat.so.1": (2, 12), "libmvec.so.1": (2, 24)}
_LOADERS = ("ld-linux", "ld64.so")


def promised_glibc(tags: Iterable[str]) -> tuple[int, int] | None:
    """Return the oldest glibc that any of a wheel's tags promises to do with; None for tags without such a promise."""
    return min(filter(None, map(_glibc_of, tags)), default=None)


def is_allowed(soname: str, glibc: tuple[int, int]) -> bool:
    """Tell whether a wheel for this glibc may take a library from the system."""
    return soname in _ALWAYS or soname.startswith(_LOADERS) or _SINCE.get(soname, (999, 0)) <= glibc


def _glibc_of(tag: str) -> tuple[int, int] | None:
    platform = tag.rpartition("-")[2]
    match = _PERENNIAL.match(platform)
    if match:
        return int(match[1]), int(match[2])
    return next((version for prefix, version in _LEGACY.items() if platform.startswith(prefix)), None)
