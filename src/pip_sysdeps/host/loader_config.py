"""What the dynamic loader of a root knows besides the objects: its directories, its cache, its machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.formats.ld_so_cache import parse_ld_so_cache
from pip_sysdeps.host.ldconfig import FreshCache
from pip_sysdeps.host.objects import Objects
from pip_sysdeps.loader.cache import cache_lookup
from pip_sysdeps.loader.machines import machine_of
from pip_sysdeps.model import LoaderConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.host.root import Root
    from pip_sysdeps.loader.machines import Machine
    from pip_sysdeps.model import ElfFile, OpenedFile

    Lookup = Callable[[str], OpenedFile | None]

CACHE = "/etc/ld.so.cache"
_MAX_CACHE = 64 << 20


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
        else _cache_as_is(root, machine, subfolders),
        default_directories=machine.default_directories,
        subfolders=subfolders,
    )


def _cache_as_is(root: Root, machine: Machine, subfolders: tuple[str, ...]) -> Callable[[str], str | None]:
    """Return the lookup in the cache file; the loader takes no notice of one that is missing or broken."""
    try:
        entries = parse_ld_so_cache(root.read(CACHE, _MAX_CACHE))
    except (OSError, MalformedError):
        entries = ()
    return cache_lookup(entries, flags=machine.cache_flags, subfolders=subfolders)
