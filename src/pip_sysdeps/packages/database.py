"""What a package manager's database answers: which packages are installed, and which of them lists a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pip_sysdeps.model.environment import Skipped


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
        """What it needs to be installed: groups of alternatives, by name or capability, without versions."""

    @property
    def provides(self) -> Sequence[str]:
        """The capabilities that it stands for beside its own name, without versions."""


class PackageDatabase(Protocol):
    """The installed packages of one root. Link chains are not its business: see `ownership`."""

    @property
    def architecture(self) -> str:
        """The native architecture in the package manager's words; empty if the database does not tell."""

    @property
    def packages(self) -> Mapping[str, InstalledPackage]:
        """The installed packages by name; a foreign architecture is part of the key where the family has those."""

    @property
    def skipped(self) -> Sequence[Skipped]:
        """The packages whose files are not known: the owner of a file that no other package lists is unknown."""

    @property
    def unlisted(self) -> Collection[str]:
        """The installed packages that should have a file list, and have none: somebody has removed it."""

    @property
    def base(self) -> frozenset[str]:
        """The packages that a minimal system has, as far as the database tells."""

    def owners(self, path: str) -> Sequence[str]:
        """Return the packages that have a file under this literal path, best first. Diversions are applied."""

    def files(self, package: str) -> Sequence[str]:
        """Return every path that a package lists."""
