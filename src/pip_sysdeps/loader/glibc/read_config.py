"""Read the configuration of a root's glibc loader: its directories, its cache, its machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.glibc.cache import cache_lookup
from pip_sysdeps.loader.glibc.config import LoaderConfig
from pip_sysdeps.loader.glibc.ldconfig import FreshCache, read_cache
from pip_sysdeps.loader.glibc.machines import machine_of
from pip_sysdeps.loader.glibc.system_dirs import lib_of, parse_system_directories

if TYPE_CHECKING:
    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.system.root import Root

_USUAL_DIRECTORIES = ("/lib", "/usr/lib")
"""The default directories if glibc was not configured otherwise."""
_MAX_LOADER = 16 << 20
"""Bytes of a loader to read; real ones have 200 to 300 KB."""
_FIRST_WITH_GLIBC_HWCAPS = (2, 33)
_LAST_WITH_LEGACY_HWCAPS = (2, 36)


def read_loader_config(  # noqa: PLR0913 - each with a default that a lock needs
    root: Root,
    program: ElfFile,
    *,
    directories: tuple[str, ...] = (),
    library_path: tuple[str, ...] = (),
    cache: Literal["fresh", "as-is"] = "fresh",
    objects: Objects | None = None,
    subfolders: tuple[str, ...] = (),
) -> LoaderConfig:
    """Return the configuration of the loader that runs a program of this root.

    `directories` is the default if the root has no loader that states its own. `library_path` has the elements of
    LD_LIBRARY_PATH. With a "fresh" cache the results are those after a run of ldconfig, with "as-is" those of the
    present file. `objects` has the files of the root, so that no library is read twice. `subfolders` are as in
    LoaderConfig; glibc-hwcaps folders count since glibc 2.33, others up to 2.36.
    """
    machine = machine_of(program)
    directories = read_system_directories(root, program) or directories or _USUAL_DIRECTORIES
    objects = objects or Objects(root)
    subfolders = _supported_subfolders(subfolders, objects, directories)
    return LoaderConfig(
        elf_class=program.elf_class,
        little_endian=program.little_endian,
        machine=program.machine,
        header_flags=machine.header_flags,
        lib=lib_of(directories),
        platform=machine.platform,
        library_path=library_path,
        cache=FreshCache(root, machine, directories, objects.open, subfolders)
        if cache == "fresh"
        else cache_lookup(read_cache(root), flags=machine.cache_flags, subfolders=subfolders),
        default_directories=directories,
        subfolders=subfolders,
    )


def read_system_directories(root: Root, program: ElfFile) -> tuple[str, ...]:
    """Return the default directories that a program's loader states; none if the root lacks the loader.

    For a library, it is the loader of its machine in `/lib64` or `/lib`.
    """
    name = machine_of(program).loader
    paths = (program.interpreter,) if program.interpreter else (f"/lib64/{name}", f"/lib/{name}")
    return next(filter(None, (_stated_directories(root, path) for path in paths)), ())


def _stated_directories(root: Root, loader: str) -> tuple[str, ...]:
    try:
        return parse_system_directories(root.read(loader, _MAX_LOADER))
    except OSError:
        return ()


def glibc_version(objects: Objects, directories: tuple[str, ...]) -> tuple[int, int] | None:
    """Return the version of the glibc of a root, (2, 36), or None without a libc.so.6 in a default directory.

    It is the newest version that libc.so.6 defines. 2.37 and 2.40 added none: the result is 2.36 or 2.39.
    """
    for directory in directories:
        versions = objects.versions(f"{directory}/libc.so.6")
        minors = [int(match[1]) for name in versions or () if (match := re.fullmatch(r"GLIBC_2\.([0-9]{1,3})", name))]
        if minors:
            return 2, max(minors)
    return None


def _supported_subfolders(
    subfolders: tuple[str, ...], objects: Objects, directories: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the subfolders that this glibc supports: glibc-hwcaps folders, legacy ones (`tls`, `x86_64`), or both."""
    version = glibc_version(objects, directories) if subfolders else None
    if version is None:
        return subfolders
    supports_hwcaps, supports_legacy = version >= _FIRST_WITH_GLIBC_HWCAPS, version <= _LAST_WITH_LEGACY_HWCAPS
    return tuple(
        [each for each in subfolders if (supports_hwcaps if each.startswith("glibc-hwcaps/") else supports_legacy)]
    )
