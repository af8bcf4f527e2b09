"""The default directories that a loader was built with, from the bytes of its file.

They are the array `system_dirs` of glibc elf/dl-load.c: paths with a slash at the end, each ended by a NUL byte, which
`ld.so --list-diagnostics` prints as `path.system_dirs`.
"""

from __future__ import annotations

import re

_MAX_DIRECTORIES = 16
_PATH = rb"/(?:[A-Za-z0-9_.+-]{1,255}/){1,16}"
_ARRAY = re.compile(rb"\0((?:%b\0){1,%d})" % (_PATH, _MAX_DIRECTORIES))


def parse_system_directories(content: bytes) -> tuple[str, ...]:
    """Return the default directories, in order and without a slash at the end; none if the bytes show none.

    Of several arrays of paths the longest counts; one that names no directory for libraries is no such array.
    """
    arrays = (tuple(each.decode().rstrip("/") for each in found.split(b"\0")[:-1]) for found in _ARRAY.findall(content))
    fitting = [
        each for each in arrays if any(path.rpartition("/")[2].startswith("lib") or "/lib" in path for path in each)
    ]
    return max(fitting, key=len, default=())


def lib_of(directories: tuple[str, ...]) -> str:
    """Return the value of `$LIB`: the first default directory from its `lib` on (`lib64`, `lib/TRIPLET`).

    Source: glibc Makeconfig, which makes DL_DST_LIB and the first default directory from the same `slibdir`.
    """
    match = re.search(r"/(lib[^/]*(?:/.*)?)$", directories[0]) if directories else None
    return match[1] if match else "lib"
