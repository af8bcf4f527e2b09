"""The owner of a file, with links and merged /usr, for all package managers.

A literal query is not enough, because the loader opens a library by a path that its package rarely lists: through a
link in the library folder. With merged /usr, each path also has two spellings.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.model.packages import Owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.packages.database import PackageDatabase
    from pip_sysdeps.system.root import Root

_MAX_LINKS = 40
_PROGRAMS = {"bin": "sbin", "sbin": "bin"}
_MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libo32", "libx32")
"""Top folders that may be links into /usr. Source: file-hierarchy(7); wiki.debian.org/UsrMerge."""


def owner(root: Root, database: PackageDatabase, path: str, *, prefer_path: bool = False) -> Owner | None:
    """Return the installed package that owns a file, by the path under which it was opened, or None.

    The candidates are the path, each link that it passes through, and the real path; each as it is, and with
    `/usr` added or removed. The real path comes first, so that libfoo.so belongs to the library's package and not
    to the development package. The links follow, last one first, so that a packaged link to an unpackaged file belongs
    to the link's package. With `prefer_path`, the order is reversed: a program is needed under its name on PATH,
    and `cpp` may be one package's link to a file of another.
    """
    for name in _names(root, path, path_first=prefer_path):
        owners = database.owners(name)
        if owners:
            return Owner(package=owners[0], version=database.packages[owners[0]].version)
    return None


def _names(root: Root, path: str, *, path_first: bool) -> Iterator[str]:
    """Yield each name of a file, the real path first or last, in both spellings of merged folders."""
    hops = [path]
    for _ in range(_MAX_LINKS):
        place = root.resolve_folder_of(hops[-1])
        if place is None:
            break
        hops.append(place)
        text = root.read_link(place)
        if text is None:
            break
        hops.append(posixpath.join(posixpath.dirname(place), text))
    for hop in dict.fromkeys(hops if path_first else reversed(hops)):
        yield hop
        for other in _other_spellings(hop):
            if root.resolve_folder_of(other) == root.resolve_folder_of(hop):
                yield other


def _other_spellings(path: str) -> Iterator[str]:
    """Yield the path with `/usr` added or removed, and with `bin` and `sbin` exchanged.

    Fedora 42 and later have `/usr/sbin` as a link to `bin`, and packages list either.
    """
    bare = path.removeprefix("/usr")
    top, slash, rest = bare[1:].partition("/")
    if top not in _MERGED or not bare.startswith("/"):
        return
    yield bare if bare != path else f"/usr{path}"
    if top in _PROGRAMS:
        yield from (f"{start}/{_PROGRAMS[top]}{slash}{rest}" for start in ("/usr", ""))
