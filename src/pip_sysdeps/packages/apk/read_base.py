"""Read the shipped tables of a minimal system's packages, libraries and programs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.system.os_release import read_os_release
from pip_sysdeps.system.shipped import read_shipped, table_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.system.root import Root


class Base(NamedTuple):
    """The packages and libraries of every image of a distribution."""

    packages: tuple[str, ...]
    """The packages that are installed by name, without their dependencies."""
    libraries: Mapping[str, str]
    """Their libraries in every release: soname -> package."""


_NOTHING = Base((), {})


def read_base(root: Root) -> tuple[str, ...]:
    """Return the packages that are installed by name in every image of a root's distribution; none if it is unknown."""
    try:
        release = read_os_release(root)
    except SysdepsError:
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
    for number, line in table_lines(text):
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
    return frozenset(word for _, line in table_lines(read_shipped("apk_programs.txt")) for word in line.split())


@cache
def _shipped() -> Mapping[str, Base]:
    return parse_base(read_shipped("apk_base.txt"))
