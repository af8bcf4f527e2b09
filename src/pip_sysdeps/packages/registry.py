"""Which package managers are known, and which of them a root or a target has."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.packages.installed import SystemPackages
from pip_sysdeps.system.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.model.packages import Platform
    from pip_sysdeps.packages.family import Family, Sources
    from pip_sysdeps.system.root import Root

FOLDERS = {"dpkg": "debian", "rpm": "rpm", "apk": "apk"}
"""Package manager -> the folder here whose `family` module has its `FAMILY`; in the order in which roots are tried."""
UNKNOWN = {
    "/var/lib/pacman/local": "pacman",
    "/var/db/pkg": "portage",
    "/var/db/xbps": "xbps",
    "/nix/store": "nix",
    "/gnu/store": "guix",
    "/var/lib/eopkg": "eopkg",
    "/var/lib/chisel/manifest.wall": "chisel",
}
"""What shows a package manager that has no folder here. Source: each one's documentation of its database."""
_DISTRIBUTIONS = shipped("distributions.txt")


class LinuxDistribution(NamedTuple):
    """How a Linux distribution numbers its releases, and which package manager it has."""

    manager: str
    """The package manager."""
    parts: int | None
    """How many parts of VERSION_ID name a release without a codename; None for all of them."""
    installer: str = ""
    """The program that installs packages there; empty for the first one that its package manager has."""
    libc: str = ""
    """The C library, where it is not the usual one of systems with the package manager."""
    required: bool = False
    """Whether every image has the packages of priority required, beside the essential ones."""


@cache
def family_of(manager: str) -> Family | None:
    """Return a package manager's family by its word in a lock; None if it is not known."""
    if manager not in FOLDERS:
        return None
    family: Family = import_module(f"{__package__}.{FOLDERS[manager]}.family").FAMILY
    return family


def families() -> Iterator[Family]:
    """Yield every known family."""
    yield from filter(None, map(family_of, FOLDERS))


def family_in(root: Root) -> Family | None:
    """Return the family whose database a root has, None if it has none that is known."""
    return next((family for family in families() if family.read_architecture(root)), None)


def default_directories(platform: Platform) -> tuple[str, ...]:
    """Return the loader's default directories on a system whose own loader is not at hand; none if nothing tells."""
    family = family_of(platform.package_manager) or next(families())
    described = family.architectures.get(platform.architecture)
    return described.directories if described else ()


def sources_of(root: Root, distro: str) -> Sources:
    """Return what the configured sources of a root answer; `distro` is `ID` of its os-release.

    Raise SysdepsError for a root of which nothing tells the package manager, and for one whose sources make no index.
    """
    known = distributions().get(distro)
    family = (family_of(known.manager) if known else None) or family_in(root)
    if family is None:
        refuse_unknown(root)
        raise SysdepsError(
            "cannot determine the release: this system has no os-release or no package database",
            hint="run it on a system of the release, or name an unpacked image with --root",
        )
    if family.sources is None:
        raise SysdepsError(
            f"`index update` does not support {family.installer}",
            hint="no index is needed: the package manager installs libraries by capability",
        )
    return family.sources


def example() -> str:
    """Return the target id that messages give as an example: that of the first family."""
    return next(families()).example


def is_package_name(text: str) -> bool:
    """Return whether any known package manager has packages of such a name."""
    return any(family.names.package(text) for family in families())


def distro_of(target_id: str) -> str:
    """Return the `ID` of os-release(5) that a target's id begins with: the longest known one, else its first word."""
    known = [distro for distro in distributions() if target_id.startswith(f"{distro}-")]
    return max(known, key=len, default=target_id.partition("-")[0])


def family_of_target(target_id: str) -> Family | None:
    """Return the family of a target by its id; None if its distribution is not known."""
    known = distributions().get(distro_of(target_id))
    return family_of(known.manager) if known else None


def open_packages(root: Root) -> SystemPackages | None:
    """Return the system packages of a root, None if it has no package database.

    Raise SysdepsError for a database that cannot be read and for one of an unknown package manager, MalformedError for
    a broken one.
    """
    empty = None
    for family in families():
        database = family.open(root)
        if database is not None:
            found = SystemPackages(root=root, family=with_installer_of(root, family), database=database)
            if database.packages:
                return found
            empty = empty or found
    if empty is None:
        refuse_unknown(root)
    return empty


def with_installer_of(root: Root, family: Family) -> Family:
    """Return the family with the program that a root has to install packages; the family itself if it has none."""
    return next((each for name, each in family.variants.items() if root.is_file(f"/usr/bin/{name}")), family)


def family_of_distribution(manager: str, distro: str, installer: str = "") -> Family | None:
    """Return the family of a package manager with a program that installs: that of the distribution, unless named.

    None if the package manager is not known. Raise SysdepsError for a program that the family does not have.
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
    """Raise SysdepsError if a root shows a package manager that has no rules here."""
    for path, manager in UNKNOWN.items():
        if manager not in FOLDERS and root.resolve(path) is not None:
            raise SysdepsError(
                f"unsupported package manager: `{root.shown(path)}` is the database of {manager}",
                hint=f"supported are {', '.join(FOLDERS)}; use --target to lock for one of their systems",
            )


@cache
def distributions() -> Mapping[str, LinuxDistribution]:
    """Return the shipped table of Linux distributions: `ID` of os-release(5) -> its entry."""
    with open(_DISTRIBUTIONS, encoding="utf-8") as file:
        return parse_distributions(file.read())


def parse_distributions(text: str) -> dict[str, LinuxDistribution]:
    """Read the table: ID, package manager, number of parts; perhaps installing program or `-`, `required` or `-`, libc.

    The columns have a tab between; `#` begins a comment line.
    Raise MalformedError for a line of another form and for an ID twice.
    """
    found: dict[str, LinuxDistribution] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
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
