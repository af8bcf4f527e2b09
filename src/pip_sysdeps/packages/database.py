"""The interface of every package database: the installed packages, and which of them lists a path."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from pip_sysdeps.model.environment import Skipped

_INDEPENDENT = frozenset({"all", "noarch", ""})
"""The architectures of architecture-independent packages."""


class InstalledPackage(Protocol):
    """One installed binary package."""

    @property
    def name(self) -> str:
        """Its name, without an architecture."""

    @property
    def version(self) -> str:
        """Its whole version as the package manager writes it; empty if the database has none."""

    @property
    def architecture(self) -> str:
        """Its architecture in the package manager's words."""

    @property
    def source(self) -> str:
        """The source package that it was built from; its own name if the database names none."""

    @property
    def size(self) -> int:
        """Installed size in bytes; 0 if the database does not say."""

    @property
    def requires(self) -> Sequence[Sequence[str]]:
        """Its dependencies: groups of alternatives, by name or capability, without versions."""

    @property
    def provides(self) -> Sequence[str]:
        """The capabilities that it provides besides its own name, without versions."""


class PackageDatabase(Protocol):
    """The installed packages of one root. Links are resolved by `ownership`."""

    @property
    def path(self) -> str:
        """The file or folder of the root that it was read from, for messages."""

    @property
    def architecture(self) -> str:
        """The native architecture, as the package manager calls it; empty if unknown."""

    @property
    def packages(self) -> Mapping[str, InstalledPackage]:
        """The installed packages by name; the key of a foreign one includes its architecture."""

    @property
    def skipped(self) -> Sequence[Skipped]:
        """Packages whose file list cannot be read. They may own any file that no other package lists."""

    @property
    def unlisted(self) -> Collection[str]:
        """Installed packages whose file list was removed."""

    @property
    def base(self) -> frozenset[str]:
        """The packages of a minimal system, as far as the database shows them."""

    def owners(self, path: str) -> Sequence[str]:
        """Return the packages that have a file under this literal path, best first. Diversions are applied."""

    def files(self, package: str) -> Sequence[str]:
        """Return every path that a package lists."""

    def recommends(self, package: str) -> Sequence[str]:
        """Return the recommended packages, installed or not, which are installed with a package by default."""


def native_architecture(architectures: Iterable[str]) -> str:
    """Return the architecture of most packages; empty if all are architecture-independent."""
    counts = Counter(each for each in architectures if each not in _INDEPENDENT)
    return min(counts, key=lambda name: (-counts[name], name), default="")
