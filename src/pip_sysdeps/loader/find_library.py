"""The interface of `ctypes.util.find_library`, and code that the C libraries share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.system.root import Root

_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


class LibraryFinder(Protocol):
    """Finds libraries for one Python in one root."""

    @property
    def uses_cache(self) -> bool:
        """Whether it uses a cache: then a library that it does not find is not in the cache."""

    @property
    def reason(self) -> str:
        """Why an existing library is not found, as a clause; for a finder without a cache."""

    @property
    def fixed_by(self) -> str:
        """The program that has to be installed so that libraries are found; empty for none."""

    def finds(self, names: Iterable[str]) -> bool:
        """Return whether an existing library is found under any of its names."""


def has_linker(root: Root) -> bool:
    """Return whether a root has a compiler or linker, and objdump to read the DT_SONAME."""
    return _has(root, "objdump") and any(_has(root, program) for program in ("gcc", "cc", "ld"))


def _has(root: Root, program: str) -> bool:
    return any(root.is_file(f"{folder}/{program}") for folder in _FOLDERS)
