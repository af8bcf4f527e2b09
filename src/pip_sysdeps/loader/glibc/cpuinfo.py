"""The `glibc-hwcaps` folders for a CPU, by proc_cpuinfo(5).

Source: glibc sysdeps/x86_64/dl-hwcaps-subdirs.c, with Linux's names of the same features
(arch/x86/include/asm/cpufeatures.h). Folders of other machines (POWER9, z15) are not supported.
"""

from __future__ import annotations

import re

_LEVELS = (
    ("x86-64-v2", "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"),
    ("x86-64-v3", "abm avx avx2 bmi1 bmi2 f16c fma movbe"),
    ("x86-64-v4", "avx512bw avx512cd avx512dq avx512f avx512vl"),
)
"""Each level includes the features of those before it."""
_FLAGS = rb"(?m)^flags[\t ]*:(.*)$"


def hwcaps_folders(cpuinfo: bytes) -> tuple[str, ...]:
    """Return the folders that every CPU of the machine can use, best first: `glibc-hwcaps/x86-64-v2`."""
    found = [frozenset(line.decode("ascii", "replace").split()) for line in re.findall(_FLAGS, cpuinfo)]
    flags = frozenset.intersection(*found) if found else frozenset()
    folders: tuple[str, ...] = ()
    for name, features in _LEVELS:
        if not flags.issuperset(features.split()):
            break
        folders = (f"glibc-hwcaps/{name}", *folders)
    return folders
