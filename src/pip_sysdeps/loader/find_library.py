"""`ctypes.util.find_library`: what differs between C libraries, and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.system.root import Root

_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


class LibraryFinder(Protocol):
    """Answers for one Python in one root."""

    @property
    def is_stale(self) -> bool:
        """Whether it uses a cache, which lacks what it does not find."""

    @property
    def reason(self) -> str:
        """Why an existing library is not found, as a clause; without a cache."""

    @property
    def mended_by(self) -> str:
        """The program whose package makes it find libraries; empty for none."""

    def finds(self, names: Iterable[str]) -> bool:
        """Return whether an existing library is found under any of its names."""


def has_linker(root: Root) -> bool:
    """Return whether a root has a compiler or linker, and objdump to read the DT_SONAME of its answer."""
    return _has(root, "objdump") and any(_has(root, program) for program in ("gcc", "cc", "ld"))


def _has(root: Root, program: str) -> bool:
    return any(root.is_file(f"{folder}/{program}") for folder in _FOLDERS)
