"""Read apk's database of a root. Source: apk-tools src/database.c."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.apk.database import ApkDatabase
from pip_sysdeps.packages.apk.database_path import find_database
from pip_sysdeps.packages.database import native_architecture

if TYPE_CHECKING:
    from collections.abc import Collection

    from pip_sysdeps.system.root import Root

_ARCHITECTURE = re.compile(rb"[a-z0-9][a-z0-9_-]*")
_PACKAGE_ARCHITECTURE = re.compile(rb"^A:(?!noarch$|all$)([a-z0-9][a-z0-9_-]{0,63})$", re.MULTILINE)
_MAX_DATABASE = 512 << 20
_MAX_SMALL = 1 << 16


def read_packages(root: Root, *, base: Collection[str] = ()) -> ApkDatabase | None:
    """Read the installed database of a root; None if it has none.

    `base` names the packages of a minimal system. Raise SysdepsError for a database that cannot be read, and
    MalformedError, with the file and line, for a damaged one.
    """
    path = find_database(root)
    if path is None:
        return None
    content = _read(root, path)
    try:
        return ApkDatabase(content, architecture=_architecture(root), base=base, path=path)
    except MalformedError as error:
        raise error.at(path, hint="it is damaged: restore it, or use another root") from error


def read_architecture(root: Root) -> str:
    """Return the architecture of a root without parsing all of its database; empty without a database.

    Raise SysdepsError for a database that cannot be read.
    """
    path = find_database(root)
    if path is None:
        return ""
    architecture = _architecture(root)
    if architecture:
        return architecture
    return native_architecture(each.decode("ascii") for each in _PACKAGE_ARCHITECTURE.findall(_read(root, path)))


def _read(root: Root, path: str) -> bytes:
    return root.read_required(path, _MAX_DATABASE, "apk's database")


def _architecture(root: Root) -> str:
    """Return the first line of /etc/apk/arch: the architecture that apk installs for."""
    try:
        line = root.read("/etc/apk/arch", _MAX_SMALL).partition(b"\n")[0].strip()
    except OSError:
        return ""
    return line.decode("ascii") if _ARCHITECTURE.fullmatch(line) else ""
