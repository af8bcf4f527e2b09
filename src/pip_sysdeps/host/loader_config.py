"""What the dynamic loader of a root knows besides the objects: its directories, its cache, its machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pip_sysdeps.host.ldconfig import FreshCache, read_cache
from pip_sysdeps.host.objects import Objects
from pip_sysdeps.loader.cache import cache_lookup
from pip_sysdeps.loader.machines import machine_of
from pip_sysdeps.model import LoaderConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.host.root import Root
    from pip_sysdeps.model import ElfFile, OpenedFile

    Lookup = Callable[[str], OpenedFile | None]


def read_loader_config(  # noqa: PLR0913 - each with a default that a lock needs
    root: Root,
    program: ElfFile,
    *,
    library_path: tuple[str, ...] = (),
    cache: Literal["fresh", "as-is"] = "fresh",
    lookup: Lookup | None = None,
    subfolders: tuple[str, ...] = (),
) -> LoaderConfig:
    """Return the configuration of the loader that runs a program of this root.

    `library_path` has the elements of LD_LIBRARY_PATH. With a "fresh" cache the answers are those after a run of
    ldconfig, with "as-is" those of the file that is there. `lookup` is `Objects.open`, to read no library twice.
    `subfolders` are as in LoaderConfig: a lock has none.
    """
    machine = machine_of(program)
    return LoaderConfig(
        elf_class=program.elf_class,
        little_endian=program.little_endian,
        machine=program.machine,
        header_flags=machine.header_flags,
        lib=machine.lib,
        platform=machine.platform,
        library_path=library_path,
        cache=FreshCache(root, machine, lookup or Objects(root).open, subfolders)
        if cache == "fresh"
        else cache_lookup(read_cache(root), flags=machine.cache_flags, subfolders=subfolders),
        default_directories=machine.default_directories,
        subfolders=subfolders,
    )
