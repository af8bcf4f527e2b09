"""System packages: the owner of a file, and the platform."""

from __future__ import annotations

from typing import NamedTuple


class Owner(NamedTuple):
    """The installed binary package that owns a file."""

    package: str
    """Package name; with `:arch` only for an architecture that is not the target's."""
    version: str
    """Its installed version; empty if the database has none."""


class Platform(NamedTuple):
    """The system of an environment, or of a target of the lock."""

    distro: str
    """`ID` of os-release(5): `debian`."""
    codename: str
    """`VERSION_CODENAME`; empty if absent."""
    release: str
    """`VERSION_ID`; empty if absent, as in development releases."""
    release_name: str
    """The name of the release in `id`: its codename, else the leading parts of `release` (see
    `data/distributions.txt`)."""
    architecture: str
    """The package manager's name for it."""
    machine: str
    """The name of the architecture in uname(2): `x86_64`."""
    package_manager: str
    """Its name in `packages.registry`; empty without a database."""
    libc: str
    """`glibc` or `musl`; empty if no program shows it."""

    @property
    def id(self) -> str:
        """Return the id of the platform as a target of the lock: distribution, release and architecture."""
        return "-".join(filter(None, (self.distro, self.release_name, self.architecture)))


class Floor(NamedTuple):
    """The minimum version of a binary package, and its reason."""

    version: str
    """The version."""
    symbol: str = ""
    """The symbol that older versions lack, as in a symbols file (`PQpipelineStatus@Base`); empty for the library."""
    file: str = ""
    """The first object that uses it."""
