"""Package names for a system without an index: those of its Debian release.

A name counts only if the system's own apt lists have a package with that name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.packages.debian.database import read_database
from pip_sysdeps.packages.debian.read_apt_lists import read_apt_lists
from pip_sysdeps.packages.family import BorrowedNames
from pip_sysdeps.packages.index_file import minor_version
from pip_sysdeps.packages.releases import names_of
from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.model.packages import Platform
    from pip_sysdeps.packages.debian.read_apt_lists import AptList
    from pip_sysdeps.system.root import Root

_VERSION_FILE = "/etc/debian_version"
_VERSION = re.compile(r"([0-9]{1,3})(?:\.[0-9]{1,3})*")
"""A release: `12.5`. Testing and unstable have `trixie/sid`, rolling derivatives another word."""


def borrow_names(root: Root, platform: Platform) -> BorrowedNames | None:
    """Return the release with the same package names, and those of them in the system's apt lists; None if unknown.

    Source: os-release(5) for the codename and number, else /etc/debian_version, which derivatives keep.
    """
    names = names_of(platform.distro, platform.codename, platform.release) or _by_version_file(root)
    if not names:
        return None
    lists = read_apt_lists(root, platform.architecture)
    usable = [each for each in lists.lists if each.signed and _is_of_release(each, platform)]
    database = read_database(root)
    return BorrowedNames(
        release=names,
        available=frozenset(name for each in usable for name in each.versions),
        base=database.base if database else frozenset(),
        glibc=_version_of("libc6", usable),
        python=_version_of("python3", usable),
        skipped=(*lists.skipped, *_skip_messages(lists.lists, platform)),
    )


def _version_of(name: str, lists: Iterable[AptList]) -> str:
    """Return the first two numbers of a package's version in the first list that has it; empty if none has."""
    versions = (version for each in lists for version in each.versions.get(name, ()))
    return minor_version(next(versions, ""))


def _by_version_file(root: Root) -> str:
    text = root.read(_VERSION_FILE, 100) if root.is_file(_VERSION_FILE) else b""
    match = _VERSION.fullmatch(text.decode("utf-8", "replace").strip())
    return names_of("debian", "", match[1]) if match else ""


def _is_of_release(each: AptList, platform: Platform) -> bool:
    """Return whether a list belongs to this release.

    Lists of the system's own archive have its codename (`noble-updates`).
    """
    codename = each.release.codename
    foreign = each.release.origin.lower() != platform.distro
    return foreign or not (codename and platform.codename) or codename.partition("-")[0] == platform.codename


def _skip_messages(lists: tuple[AptList, ...], platform: Platform) -> Iterator[str]:
    for each in lists:
        if not each.signed:
            yield f"`{printable(each.file)}` is not signed"
        elif not _is_of_release(each, platform):
            yield f"`{printable(each.file)}` is of another release: {printable(each.release.codename)}"
