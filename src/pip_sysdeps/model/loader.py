"""What the dynamic loader finds: candidates, answers, loaded objects."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.model.needs import When


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderConfig:
    """What glibc's dynamic loader knows besides the objects themselves."""

    elf_class: int
    """32 or 64: a candidate of the other class is passed over."""
    little_endian: bool
    """A candidate with the other data encoding stops the search."""
    machine: int
    """`e_machine`: a candidate for another one is passed over."""
    header_flags: tuple[int, int] = (0, 0)
    """Mask and value: a candidate is passed over unless it has these bits of `e_flags` so (RISC-V's float ABI)."""
    lib: str
    """What `$LIB` stands for: `lib/x86_64-linux-gnu`."""
    platform: str = ""
    """What `$PLATFORM` stands for; empty if it has no value."""
    library_path: tuple[str, ...] = ()
    """The elements of LD_LIBRARY_PATH, as written; empty if it is unset or empty."""
    cache: Callable[[str], str | None]
    """ld.so.cache: a needed name's path, or None."""
    default_directories: tuple[str, ...]
    """In the order of `ld.so --help`, without a slash at the end."""
    subfolders: tuple[str, ...] = ()
    """What is tried in each directory before the directory itself, best first: `glibc-hwcaps/x86-64-v3`. A lock has
    none: the plain file is the answer that holds on every machine; verification has those of this CPU."""
    working_directory: str | None = None
    """Where empty and relative elements lead. A lock has none: they depend on where the program is started."""


class SearchStep(Enum):
    """The step of ld.so(8) that found an object."""

    LOADED = "already loaded"
    RPATH = "DT_RPATH"
    LD_LIBRARY_PATH = "LD_LIBRARY_PATH"
    RUNPATH = "DT_RUNPATH"
    CACHE = "ld.so.cache"
    DEFAULT = "default directory"
    DIRECT = "path as written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One path, or one whole step, that the loader passes over on its way."""

    step: SearchStep
    """The step of the search."""
    path: str
    """The candidate's path; empty when the whole step is passed over."""
    reason: str
    """Why: `no such file`, `wrong ELF class`, `DT_RUNPATH is set`, ..."""
    by: str = ""
    """The object whose DT_RPATH or DT_RUNPATH gave the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A DT_NEEDED that the loader finds."""

    soname: str
    """The needed name as written."""
    path: str
    """The path that the loader opens, links not followed."""
    step: SearchStep
    """How it was found."""
    by: str = ""
    """The object whose DT_RPATH or DT_RUNPATH named the directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """A DT_NEEDED that the loader does not find, with every path considered, in order."""

    soname: str
    """The needed name as written."""
    tried: tuple[Tried, ...]
    """Each path considered."""
    fatal: str = ""
    """Set when a candidate stopped the search (`file too short`, `invalid ELF header`); the last of `tried` is it."""


Resolution = Found | NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedObject:
    """One object of a process, with the answer for each of its needed names."""

    path: str
    """The path under which the loader opened it: `$ORIGIN` is its directory."""
    needs: tuple[Resolution, ...]
    """In the order of DT_NEEDED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One root, and all that it brings into a process that has not loaded it before."""

    root: str
    """The file of the environment."""
    when: When
    """`IMPORT` or `PLUGIN`."""
    objects: tuple[LoadedObject, ...]
    """The root first, then what it loads, breadth first."""
