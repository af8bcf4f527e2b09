"""Extract the default directories that a loader was built with from its file.

They are the array `system_dirs` of glibc elf/dl-load.c: paths with a slash at the end, each ended by a NUL byte, which
`ld.so --list-diagnostics` prints as `path.system_dirs`.
"""

from __future__ import annotations

import re

_MAX_DIRECTORIES = 16
_PATH = rb"/(?:[A-Za-z0-9_.+-]{1,255}/){1,16}"
_ARRAY = re.compile(rb"\0((?:%b\0){1,%d})" % (_PATH, _MAX_DIRECTORIES))


def parse_system_directories(content: bytes) -> tuple[str, ...]:
    """Return the default directories, in order and without a slash at the end; none if none are found.

    Of several arrays of paths, the longest one that has a directory for libraries counts.
    """
    arrays = (tuple(each.decode().rstrip("/") for each in found.split(b"\0")[:-1]) for found in _ARRAY.findall(content))
    library_arrays = [
        each for each in arrays if any(path.rpartition("/")[2].startswith("lib") or "/lib" in path for path in each)
    ]
    return max(library_arrays, key=len, default=())


def lib_of(directories: tuple[str, ...]) -> str:
    """Return the value of `$LIB`: the part of the first default directory from `lib` on (`lib64`, `lib/TRIPLET`).

    Source: glibc Makeconfig, which derives DL_DST_LIB and the first default directory from `slibdir`.
    """
    match = re.search(r"/(lib[^/]*(?:/.*)?)$", directories[0]) if directories else None
    return match[1] if match else "lib"
