"""The configuration of glibc's loader. Source: ld.so(8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class LoaderConfig(NamedTuple):
    """The configuration of glibc's dynamic loader."""

    elf_class: int
    """32 or 64: a candidate of the other class is skipped."""
    little_endian: bool
    """A candidate with the other data encoding stops the search."""
    machine: int
    """`e_machine`: a candidate for another one is skipped."""
    lib: str
    """The value of `$LIB`: `lib/x86_64-linux-gnu`."""
    cache: Callable[[str], str | None]
    """ld.so.cache: a needed name's path, or None."""
    default_directories: tuple[str, ...]
    """In the order of `ld.so --help`, without a slash at the end."""
    header_flags: tuple[int, int] = (0, 0)
    """Mask and value: a candidate with another value of these bits of `e_flags` is skipped (RISC-V's float ABI)."""
    platform: str = ""
    """The value of `$PLATFORM`; empty if it has none."""
    library_path: tuple[str, ...] = ()
    """The elements of LD_LIBRARY_PATH, as written; empty if it is unset or empty."""
    subfolders: tuple[str, ...] = ()
    """Subfolders that are searched before each directory itself, best first: `glibc-hwcaps/x86-64-v3`.

    A lock uses none, because it must be valid on every CPU; verification uses those of this CPU.
    """
    working_directory: str | None = None
    """The directory for empty and relative elements; None for a lock."""
