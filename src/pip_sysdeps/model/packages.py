"""System packages: who owns a file, and on which platform."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The installed binary package that owns a file (dpkg-query --search)."""

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
    """`VERSION_ID`; empty for Debian testing."""
    architecture: str
    """In the package manager's words: `amd64`."""
    package_manager: str
    """`dpkg`; empty without a database."""
    libc: str
    """`glibc` or `musl`."""

    @property
    def id(self) -> str:
        """Name the platform as a target of the lock: `debian-bookworm-amd64`, `ubuntu-noble-arm64`."""
        return "-".join(filter(None, (self.distro, self.codename or self.release, self.architecture)))


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
