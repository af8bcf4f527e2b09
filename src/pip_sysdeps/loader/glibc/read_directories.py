"""Reads the default library directories of a root's dynamic loader out of the loader itself.

glibc is configured with them when it is built: Debian's has `/lib/x86_64-linux-gnu/`, Fedora's `/lib64/`. They stand in
the loader as `system_dirs`, one string behind the other, each with a slash at its end. Source: glibc elf/dl-load.c.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.loader.glibc.machines import machine_of

if TYPE_CHECKING:
    from pip_sysdeps.loader.glibc.machines import Machine
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.system.root import Root

_MAX_LOADER = 16 << 20
_SYSTEM_DIRS = re.compile(rb"(?:/[A-Za-z0-9_+.-]{1,64}(?:/[A-Za-z0-9_+.-]{1,64}){0,8}/\0){2,8}")
_LIBRARIES = re.compile(rb"/lib[^/]*/")


def read_machine(root: Root, program: ElfFile) -> Machine:
    """Return the machine that a program is for, with the default directories of its loader in a root.

    Where the loader is not there, or says nothing, they are those of the table.
    """
    machine = machine_of(program)
    return machine._replace(directories=read_directories(root, program.interpreter or f"/lib64/{machine.loader}"))


def read_directories(root: Root, loader: str) -> tuple[str, ...]:
    """Return the default directories of a dynamic loader, in its order; none where it cannot be read."""
    try:
        return parse_directories(root.read(loader, _MAX_LOADER))
    except OSError:
        return ()


def parse_directories(content: bytes) -> tuple[str, ...]:
    """Return the default directories that a dynamic loader has, without the slash at their ends; none if it has none.

    They are the first run of such strings all of which are in a `lib` folder.
    """
    for match in _SYSTEM_DIRS.finditer(content):
        found = match[0].split(b"\0")[:-1]
        if all(_LIBRARIES.search(each) for each in found):
            return tuple(each.decode("ascii").rstrip("/") for each in found)
    return ()
