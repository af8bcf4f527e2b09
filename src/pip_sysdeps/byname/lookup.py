"""What the search for packages asks of a system and its release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pip_sysdeps.model.needs import FromCapability, FromPackage, Missing, ReferenceKind
    from pip_sysdeps.model.packages import Owner
    from pip_sysdeps.packages.index import SonameIndex


class Lookup(Protocol):
    """Finds libraries, programs and files by name, on the system and in its release."""

    @property
    def index(self) -> SonameIndex | None:
        """The packages of the release, installed or not; None without an index."""

    @property
    def not_found_note(self) -> str:
        """The note for a library or program without a known package; empty if not all packages are known."""

    @property
    def libc_packages(self) -> frozenset[str]:
        """The packages of the C library; a library of theirs is not a need."""

    @property
    def base(self) -> frozenset[str]:
        """The packages that every image of the release has; a program of theirs is not a need."""

    def library(self, name: str) -> str | None:
        """Return where the loader finds a library by its file name."""

    def stem(self, stem: str) -> str | None:
        """Return the file name of what `ctypes.util.find_library(stem)` finds on the system."""

    def program(self, name: str) -> str | None:
        """Return where a program is on root's PATH."""

    def file(self, pattern: str) -> str | None:
        """Return the path of a file if it is there; for a pattern with `*`, that of the first match."""

    def provider(self, kind: ReferenceKind, name: str) -> FromPackage | FromCapability | Missing | None:
        """Return what the package manager installs a library or program by, if no index has its package.

        None: the name is unknown. Missing: other releases have it, but no package here provides it.
        """

    def owner(self, path: str) -> Owner | None:
        """Return the binary package that owns a file."""

    def name_owner(self, path: str) -> Owner | None:
        """Return the binary package that has a path, which may be a link to a file of another package."""

    def host_library(self, soname: str) -> str | None:
        """Return who brings a library of a driver or container runtime; None for any other library."""

    def is_brought(self, name: str) -> bool:
        """Return whether a file of that name belongs to a distribution of the environment."""

    def is_own_file(self, path: str) -> bool:
        """Return whether a path is in a prefix used by nothing but the environment or its Python."""

    def has_python_module(self, name: str) -> bool:
        """Return whether a distribution of the environment has a module or package of that name."""

    def is_development(self, package: str) -> bool:
        """Return whether a package, by its name, is for compiling only."""
