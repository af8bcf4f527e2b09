"""The libraries of glibc itself: only the C library's package has them.

Source: glibc's `shlib-versions` and the `Versions` of its folders. `libcrypt.so.1` and `libnsl.so.1` are separate
packages on many systems, and not listed.
"""

from __future__ import annotations

_LIBRARIES = frozenset(
    {
        "libBrokenLocale.so.1",
        "libanl.so.1",
        "libc.so.6",
        "libdl.so.2",
        "libm.so.6",
        "libmvec.so.1",
        "libpthread.so.0",
        "libresolv.so.2",
        "librt.so.1",
        "libthread_db.so.1",
        "libutil.so.1",
    }
)
_LOADERS = ("ld-linux", "ld64.so.", "ld.so.")


def is_glibc_library(soname: str) -> bool:
    """Return whether a soname is that of glibc's own library or dynamic loader."""
    return soname in _LIBRARIES or soname.startswith(_LOADERS)
