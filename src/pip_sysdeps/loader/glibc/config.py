"""What glibc's loader knows besides the objects. Source: ld.so(8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


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
