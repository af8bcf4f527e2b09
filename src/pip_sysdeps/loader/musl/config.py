"""The configuration of musl's loader: its own path, LD_LIBRARY_PATH, and the directories of its path file.

Source: musl ldso/dynlink.c, load_library and __dls3; musl's manual, "Dynamic linker".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.model.elf import ElfFile

DEFAULT_DIRECTORIES = ("/lib", "/usr/local/lib", "/usr/lib")
"""The directories without a path file."""
MAX_PATH_FILE = 1 << 20
"""Limit on the bytes of a path file; real ones have less than a hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MuslConfig:
    """The configuration of one process under musl's loader."""

    elf_class: int
    """32 or 64."""
    little_endian: bool
    """Whether the process is little-endian."""
    machine: int
    """`e_machine`."""
    interpreter: str
    """The loader's own path, as the program's PT_INTERP has it: `/lib/ld-musl-x86_64.so.1`."""
    library_path: tuple[str, ...] = ()
    """The elements of LD_LIBRARY_PATH, as `split_path` gives them."""
    path_file: str = ""
    """The path file that gave `directories`; empty for the default directories."""
    directories: tuple[str, ...] = DEFAULT_DIRECTORIES
    """Searched last."""
    is_libc: Callable[[str], bool]
    """Whether the file at a path defines both `__libc_start_main` and `stdin`."""
    working_directory: str | None = None
    """The directory for relative elements; None for a lock, which does not depend on it."""


def split_path(text: str) -> tuple[str, ...]:
    """Return the elements of a search path.

    They are separated by colons and newlines, in LD_LIBRARY_PATH, DT_RPATH, DT_RUNPATH and the path file. Empty
    elements are skipped. Source: path_open.
    """
    return tuple(filter(None, re.split("[:\n]", text)))


def path_file(interpreter: str) -> str:
    """Return the path of the loader's list of directories, by its own path: `/etc/ld-musl-x86_64.path`.

    The file is in the `etc` beside the folder of the loader: a loader in `/opt/musl/lib` reads `/opt/musl/etc`. Source:
    load_library.
    """
    folder, _, name = interpreter.rpartition("/")
    prefix = folder.rpartition("/")[0] if interpreter.startswith("/") else ""
    return f"{prefix}/etc/{name.partition('.so')[0]}.path"


def parse_path_file(content: bytes) -> tuple[str, ...]:
    """Return the directories of a path file.

    An empty file has none: only without the file the default directories are used. A NUL byte ends the text.
    """
    return split_path(content.partition(b"\0")[0].decode("utf-8", "surrogateescape"))


def loader_of_library(library: ElfFile) -> str:
    """Return the path of the loader of a library, from its need of `libc.musl-x86_64.so.1`.

    That name is a link to the loader. Empty without this need. Source: PEP 656; Alpine's package musl.
    """
    names = (name.removeprefix("libc.musl-") for name in library.needed if name.startswith("libc.musl-"))
    return next((f"/lib/ld-musl-{name}" for name in names), "")
