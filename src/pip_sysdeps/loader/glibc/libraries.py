"""The libraries of glibc itself, which only the C library's package has.

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
    """Return whether a soname is a library or the dynamic loader of glibc."""
    return soname in _LIBRARIES or soname.startswith(_LOADERS)
