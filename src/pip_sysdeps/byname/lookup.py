"""The interface by which needs by name are looked up in a system and its release."""

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
        """The index of the release's packages; None without one."""

    @property
    def by_capability(self) -> bool:
        """Whether the package manager finds the packages of libraries itself, as those of rpm and apk do."""

    @property
    def not_found_note(self) -> str:
        """Note for a library or program without a known package; empty if the list of packages is incomplete."""

    @property
    def libc_packages(self) -> frozenset[str]:
        """Packages of the C library, which is never a need by name."""

    @property
    def base(self) -> frozenset[str]:
        """Packages of every image of the release; their programs are not needs."""

    def library(self, name: str) -> str | None:
        """Return the path at which the loader finds a library."""

    def stem(self, stem: str) -> str | None:
        """Return the file name that `ctypes.util.find_library(stem)` finds on the system."""

    def program(self, name: str) -> str | None:
        """Return the path of a program on the root's PATH."""

    def file(self, pattern: str) -> str | None:
        """Return the path of a file if it exists; for a pattern with `*`, the first match."""

    def provider(self, kind: ReferenceKind, name: str) -> FromPackage | FromCapability | Missing | None:
        """Return the name by which the package manager installs a library or program that no index has.

        None: the name is unknown. Missing: other releases have it, but no package here does.
        """

    def owner(self, path: str) -> Owner | None:
        """Return the binary package that owns a file."""

    def name_owner(self, path: str) -> Owner | None:
        """Return the binary package that has a path, even if the path is a link into another package."""

    def host_library(self, soname: str) -> str | None:
        """Return a note about the provider of a library of a driver or container runtime, or None."""

    def is_brought(self, name: str) -> bool:
        """Return whether a distribution of the environment has a file of that name."""

    def is_own_file(self, path: str) -> bool:
        """Return whether a path is in a prefix that only the environment or its Python uses."""

    def has_python_module(self, name: str) -> bool:
        """Return whether a distribution of the environment has a module or package of that name."""

    def is_development(self, package: str) -> bool:
        """Return whether a package's name shows that it is for compiling only."""
