"""What musl's loader takes for itself, and which files it refuses.

Source: musl ldso/dynlink.c, load_library and map_library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pip_sysdeps.loader.musl.config import MuslConfig
    from pip_sysdeps.model.elf import OpenedFile

LINK_LOOP = "too many levels of symbolic links"
"""The fault of a path that leads in a circle. The loader stops there: open(2) fails with ELOOP, and only after ENOENT,
ENOTDIR, EACCES and ENAMETOOLONG does it go on (path_open)."""
VDSO = "linux-gate.so.1"
"""The name under which the kernel's own object is loaded once the program has started (__dls3)."""

_RESERVED = tuple(f"lib{name}." for name in ("c", "pthread", "rt", "m", "dl", "util", "xnet"))
_ET_EXEC, _ET_DYN = 2, 3


def is_loader(name: str, config: MuslConfig) -> bool:
    """Return whether a needed name stands for the C library, which is the loader itself: `libc.so.6` too."""
    return name.startswith(_RESERVED) or name == config.interpreter


def judge(opened: OpenedFile, config: MuslConfig) -> str:
    """Return why the process cannot use a file that was opened, or nothing for a good one.

    No reason lets the search go on. musl itself looks at `e_type`, the program headers and PT_DYNAMIC only
    (map_library, `Exec format error`): it maps an object of another machine, and the process fails later.
    """
    elf = opened.elf
    if elf is None:
        return opened.fault
    checks = (
        (elf.little_endian != config.little_endian, "wrong byte order"),
        (elf.type not in {_ET_EXEC, _ET_DYN}, "neither a shared object nor a program"),
        (elf.elf_class != config.elf_class, "wrong ELF class"),
        (elf.machine != config.machine, "wrong machine"),
        (opened.fault, opened.fault),
        (not elf.dynamic, "no dynamic section"),
    )
    return next((reason for wrong, reason in checks if wrong), "")
