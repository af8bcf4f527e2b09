"""Read the repository indices that apk has downloaded in a root. Source: apk-cache(5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, unreadable
from pip_sysdeps.packages.apk.database import providers
from pip_sysdeps.packages.apk.index import MAX_INDEX, parse_index
from pip_sysdeps.packages.apk.version import version_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pip_sysdeps.packages.apk.records import ApkPackage
    from pip_sysdeps.system.root import Root

_FOLDERS = ("/etc/apk/cache", "/var/cache/apk", "/lib/apk/db", "/usr/lib/apk/db")
_INDEX = re.compile(r"APKINDEX\.[0-9a-f]+\.tar\.gz|APKINDEX\.tar\.gz")


def read_indices(root: Root) -> Iterator[tuple[str, tuple[ApkPackage, ...]]]:
    """Yield the path and the packages of each downloaded index.

    Raise SysdepsError for one that cannot be read, and MalformedError, with the file, for a damaged one.
    """
    seen: set[tuple[int, int] | None] = set()
    for folder in _FOLDERS:
        for name in root.names(folder):
            path = f"{folder}/{name}"
            if _INDEX.fullmatch(name) and (identity := root.identity(path)) not in seen:
                seen.add(identity)
                yield path, _read_index(root, path)


def read_providers(root: Root) -> Mapping[str, Sequence[str]] | None:
    """Return the packages that provide each name in all downloaded indices; None without any. Raise as above."""
    indices = [packages for _, packages in read_indices(root)]
    return providers([each for packages in indices for each in packages]) if indices else None


def read_candidates(root: Root) -> Mapping[str, ApkPackage] | None:
    """Return the newest version of each package in all downloaded indices; None without any. Raise as above."""
    found: dict[str, ApkPackage] = {}
    for _, packages in read_indices(root):
        for each in packages:
            other = found.get(each.name)
            if other is None or version_key(other.version) < version_key(each.version):
                found[each.name] = each
    return found or None


def _read_index(root: Root, path: str) -> tuple[ApkPackage, ...]:
    try:
        return parse_index(root.read(path, MAX_INDEX))
    except MalformedError as error:
        raise error.at(path, hint="run `apk update`") from error
    except OSError as error:
        raise unreadable(f"`{path}`", error) from error
