"""The system of a root: distribution, release, architecture, C library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.model.packages import Platform
from pip_sysdeps.packages.registry import distributions, families, refuse_unknown
from pip_sysdeps.packages.releases import listed_releases
from pip_sysdeps.system.os_release import read_os_release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.model.elf import ElfFile
    from pip_sysdeps.packages.family import Family
    from pip_sysdeps.packages.installed import SystemPackages
    from pip_sysdeps.system.root import Root


def read_platform(root: Root, packages: SystemPackages | None, program: ElfFile | None) -> Platform:
    """Return the system of a root; unknown parts are empty.

    `program` is the interpreter, or any object for the same process: it determines the C library, and the architecture
    if the package database does not. Raise SysdepsError for an unreadable os-release.
    """
    family = packages.family if packages else None
    architecture = packages.architecture if packages else ""
    if not architecture and program:
        architecture = (family or next(families())).architecture(program)
    return _platform(root, family, architecture, program.libc if program else "")


def read_system(root: Root) -> Platform:
    """Return the system of a root by its os-release and package manager, which is enough for an install line.

    The C library is left empty. Raise SysdepsError as `read_platform` does, and for an unknown package manager.
    """
    for family in families():
        architecture = family.read_architecture(root)
        if architecture:
            return _platform(root, family, architecture, "")
    refuse_unknown(root)
    return _platform(root, None, "", "")


def release_name(distro: str, codename: str, version: str) -> str:
    """Return the name of a release in a target id: its codename, else the leading parts of VERSION_ID.

    `data/distributions.txt` has the number of parts: on some systems a minor release is the same target.
    """
    known = distributions().get(distro)
    if codename or known is None or known.parts is None:
        return codename or version
    return ".".join(version.split(".")[: known.parts])


def _platform(root: Root, family: Family | None, architecture: str, libc: str) -> Platform:
    distro, codename, version = _identity(read_os_release(root))
    known = family.architectures.get(architecture) if family else None
    return Platform(
        distro=distro,
        codename=codename,
        release=version,
        release_name=release_name(distro, codename, version),
        architecture=architecture,
        machine=known.machine if known else architecture,
        package_manager=family.manager if family else "",
        libc=libc,
    )


def _identity(release: Mapping[str, str]) -> tuple[str, str, str]:
    """Return distribution, codename and number of a release.

    A derivative that states its parent's codename has the parent's packages, and is that release: Linux Mint has
    `UBUNTU_CODENAME`, its Debian Edition `DEBIAN_CODENAME`.
    """
    for parent in release.get("ID_LIKE", "").split():
        codename = release.get(f"{parent.upper()}_CODENAME", "")
        if codename:
            listed = listed_releases().get(codename)
            return parent, codename, listed.version if listed and listed.distro == parent else ""
    distro, codename, version = (release.get(key, "") for key in ("ID", "VERSION_CODENAME", "VERSION_ID"))
    return distro, codename, version
