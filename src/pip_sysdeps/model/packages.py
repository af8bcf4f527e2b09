"""System packages: who owns a file, and on which platform."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The installed binary package that owns a file."""

    package: str
    """Package name; with `:arch` only for an architecture that is not the target's."""
    version: str
    """Its installed version; empty where the database has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The system that the environment runs on: what a target of the lock is about."""

    distro: str
    """`ID` of os-release(5): `debian`."""
    codename: str
    """`VERSION_CODENAME`; empty where there is none."""
    release: str
    """`VERSION_ID`; empty where there is none, as in development releases."""
    release_name: str
    """What names the release in `id`: its codename, else the parts of `release` that its distribution counts."""
    architecture: str
    """In the package manager's words."""
    machine: str
    """The architecture as uname(2) calls it: `x86_64`."""
    package_manager: str
    """The word of `packages.registry`; empty without a database."""
    libc: str
    """`glibc` or `musl`; empty where no program tells it."""

    @property
    def id(self) -> str:
        """Return the id of the platform as a target of the lock: distribution, release and architecture."""
        return "-".join(filter(None, (self.distro, self.release_name, self.architecture)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The least version of a binary package that is enough, and what makes it so."""

    version: str
    """That version."""
    symbol: str = ""
    """The symbol that older versions lack, as a symbols file spells it (`PQpipelineStatus@Base`); empty where it is the
    library as such."""
    file: str = ""
    """The first object that uses it."""
