"""Read the shipped tables of a minimal system's packages, libraries and programs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.system.os_release import parse_os_release
from pip_sysdeps.system.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.system.root import Root

_OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")
_MAX_OS_RELEASE = 1 << 20


class Base(NamedTuple):
    """The packages and libraries of every image of a distribution."""

    packages: tuple[str, ...]
    """The packages that are installed by name, without their dependencies."""
    libraries: Mapping[str, str]
    """Their libraries in every release: soname -> package."""


_NOTHING = Base((), {})


def read_base(root: Root) -> tuple[str, ...]:
    """Return the packages that are installed by name in every image of a root's distribution; none if it is unknown."""
    path = next((path for path in _OS_RELEASE if root.is_file(path)), None)
    try:
        release = parse_os_release(root.read(path, _MAX_OS_RELEASE)) if path else {}
    except OSError:
        return ()
    return _shipped().get(release.get("ID", ""), _NOTHING).packages


def base_libraries(distro: str) -> Mapping[str, str]:
    """Return the libraries of every image of a distribution, whatever its release: soname -> package."""
    return _shipped().get(distro, _NOTHING).libraries


def parse_base(text: str) -> dict[str, Base]:
    """Parse the table: ID, a tab, and words; `#` begins a comment line.

    A word is the name of a package, or `SONAME=PACKAGE`. Raise MalformedError for a line of another form and for an ID
    twice.
    """
    found: dict[str, Base] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        name, _, rest = line.partition("\t")
        words = rest.split()
        if name in found or not words:
            raise MalformedError("not a new ID and names of packages", where=f"line {number}")
        libraries = {soname: package for soname, _, package in (word.partition("=") for word in words) if package}
        found[name] = Base(tuple(word for word in words if "=" not in word), libraries)
    return found


@cache
def base_programs() -> frozenset[str]:
    """Return the programs of every image with apk: links to busybox that no package lists."""
    with open(shipped("apk_programs.txt"), encoding="utf-8") as file:
        return frozenset(word for line in file if not line.startswith("#") for word in line.split())


@cache
def _shipped() -> Mapping[str, Base]:
    with open(shipped("apk_base.txt"), encoding="utf-8") as file:
        return parse_base(file.read())
