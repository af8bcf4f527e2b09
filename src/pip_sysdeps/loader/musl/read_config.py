"""Read the configuration of a root's musl loader. Source: musl ldso/dynlink.c, load_library."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from pip_sysdeps.loader.musl.config import (
    DEFAULT_DIRECTORIES,
    MAX_PATH_FILE,
    MuslConfig,
    loader_of_library,
    parse_path_file,
    path_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.system.root import Root


def read_musl_config(
    root: Root,
    program: ElfFile,
    *,
    is_libc: Callable[[str], bool],
    library_path: tuple[str, ...] = (),
    working_directory: str | None = None,
) -> MuslConfig:
    """Return the configuration of the loader that a program of this root names in its PT_INTERP.

    Without a path file, the default directories are used. With an unreadable one, there are none, as in the loader.
    """
    interpreter = program.interpreter or loader_of_library(program)
    file = path_file(interpreter)
    directories = _read_directories(root, file)
    return MuslConfig(
        elf_class=program.elf_class,
        little_endian=program.little_endian,
        machine=program.machine,
        interpreter=interpreter,
        library_path=library_path,
        path_file="" if directories is None else file,
        directories=DEFAULT_DIRECTORIES if directories is None else directories,
        is_libc=is_libc,
        working_directory=working_directory,
    )


def _read_directories(root: Root, file: str) -> tuple[str, ...] | None:
    """Return the directories of a path file, or None if it does not exist (ENOENT)."""
    try:
        return parse_path_file(root.read(file, MAX_PATH_FILE))
    except OSError as error:
        return None if error.errno == errno.ENOENT else ()
