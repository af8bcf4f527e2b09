"""The supported package managers, and the one of a root or target."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.family import unknown_release_error
from pip_sysdeps.system.shipped import read_shipped, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.model.packages import Platform
    from pip_sysdeps.packages.family import Family, Sources
    from pip_sysdeps.system.root import Root

FOLDERS = {"dpkg": "debian", "rpm": "rpm", "apk": "apk"}
"""Package manager -> its folder here, which has a module `family` with `FAMILY`. Roots are tried in this order."""
UNKNOWN = {
    "/var/lib/pacman/local": "pacman",
    "/var/db/pkg": "portage",
    "/var/db/xbps": "xbps",
    "/nix/store": "nix",
    "/gnu/store": "guix",
    "/var/lib/eopkg": "eopkg",
    "/var/lib/chisel/manifest.wall": "chisel",
}
"""Database path -> unsupported package manager. Source: the documentation of each."""


class LinuxDistribution(NamedTuple):
    """A Linux distribution's package manager and release numbers."""

    manager: str
    """The package manager."""
    parts: int | None
    """How many parts of VERSION_ID name a release without a codename; None for all of them."""
    installer: str = ""
    """The program that installs packages; empty for the package manager's first one."""
    libc: str = ""
    """The C library, if not the usual one of the package manager's systems."""
    required: bool = False
    """Whether every image has the packages of priority required."""


@cache
def family_of(manager: str) -> Family | None:
    """Return the family of a package manager, as a lock names it; None if unknown."""
    if manager not in FOLDERS:
        return None
    family: Family = import_module(f"{__package__}.{FOLDERS[manager]}.family").FAMILY
    return family


def families(manager: str = "") -> Iterator[Family]:
    """Yield every known family, or only that of a package manager."""
    yield from filter(None, map(family_of, [manager] if manager else FOLDERS))


def family_in(root: Root) -> Family | None:
    """Return the family whose database a root has; None for none."""
    return next((family for family in families() if family.read_architecture(root)), None)


def default_directories(platform: Platform) -> tuple[str, ...]:
    """Return the loader's default directories on a system whose loader cannot be read; empty if unknown."""
    family = family_of(platform.package_manager) or next(families())
    described = family.architectures.get(platform.architecture)
    return described.directories if described else ()


def sources_of(root: Root, distro: str) -> Sources:
    """Return the configured sources of a root; `distro` is `ID` of its os-release.

    Raise SysdepsError if the package manager is unknown, or if its sources cannot give an index.
    """
    known = distributions().get(distro)
    family = (family_of(known.manager) if known else None) or family_in(root)
    if family is None:
        refuse_unknown(root)
        raise unknown_release_error()
    if family.sources is None:
        raise SysdepsError(
            f"`index update` does not support {family.installer}",
            hint="no index is needed: the package manager installs libraries by capability",
        )
    return family.sources


def example() -> str:
    """Return a target id for messages: that of the first family."""
    return next(families()).example


def is_package_name(text: str) -> bool:
    """Return whether a text is a valid package name of any known package manager."""
    return any(family.names.package(text) for family in families())


def distro_of(target_id: str) -> str:
    """Return the `ID` of os-release(5) at the start of a target id: the longest known one, else its first word."""
    known = [distro for distro in distributions() if target_id.startswith(f"{distro}-")]
    return max(known, key=len, default=target_id.partition("-")[0])


def family_of_target(target_id: str) -> Family | None:
    """Return the family of a target by its id; None if its distribution is not known."""
    known = distributions().get(distro_of(target_id))
    return family_of(known.manager) if known else None


def with_installer_of(root: Root, family: Family) -> Family:
    """Return the family with the installer that a root has; the family itself if it has none."""
    return next((each for name, each in family.variants.items() if root.is_file(f"/usr/bin/{name}")), family)


def family_of_distribution(manager: str, distro: str, installer: str = "") -> Family | None:
    """Return the family of a package manager with an installer: the named one, else the distribution's.

    None if the package manager is unknown. Raise SysdepsError for an installer that the family does not have.
    """
    family = family_of(manager)
    if family is None:
        return None
    if installer and installer not in {family.installer, *family.variants}:
        others = " or ".join(family.variants) or family.installer
        raise SysdepsError(f"`{installer}` does not install packages of {manager}", hint=f"use {others}")
    known = distributions().get(distro)
    name = installer or (known.installer if known else "")
    found: Family = family.variants.get(name, family)
    return found


def refuse_unknown(root: Root) -> None:
    """Raise SysdepsError if a root has an unsupported package manager."""
    for path, manager in UNKNOWN.items():
        if manager not in FOLDERS and root.resolve(path) is not None:
            raise SysdepsError(
                f"unsupported package manager: `{root.display_path(path)}` is the database of {manager}",
                hint=f"supported are {', '.join(FOLDERS)}; use --target to lock for one of their systems",
            )


@cache
def distributions() -> Mapping[str, LinuxDistribution]:
    """Return the shipped table of Linux distributions: `ID` of os-release(5) -> its entry."""
    return parse_distributions(read_shipped("distributions.txt"))


def parse_distributions(text: str) -> dict[str, LinuxDistribution]:
    """Parse the table: ID, package manager, number of parts; optionally installer or `-`, `required` or `-`, libc.

    The columns are separated by tabs; `#` begins a comment line. Raise MalformedError for another form and for a
    repeated ID.
    """
    found: dict[str, LinuxDistribution] = {}
    for number, line in table_lines(text):
        name, *rest = line.split("\t")
        if not 2 <= len(rest) <= 5 or name in found or not (rest[1].isdigit() or rest[1] == "all"):
            raise MalformedError("not a new ID, a package manager and a number", where=f"line {number}")
        parts = int(rest[1]) if rest[1].isdigit() else None
        installer = "".join(rest[2:3]).removeprefix("-")
        required = rest[3:4] == ["required"]
        found[name] = LinuxDistribution(
            manager=rest[0], parts=parts, installer=installer, required=required, libc="".join(rest[4:])
        )
    return found
