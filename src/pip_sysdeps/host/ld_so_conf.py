"""The directories that ldconfig(8) looks at: those of ld.so.conf and the files it includes, and the default ones.

Source: ldconfig(8); glibc elf/ldconfig.c, parse_conf and add_dir_1.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from typing import TYPE_CHECKING

from pip_sysdeps.formats.ld_so_conf import Directory, Include, parse_ld_so_conf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.host.root import Root
    from pip_sysdeps.loader.machines import Machine

CONFIGURATION = "/etc/ld.so.conf"

_MAX_BYTES = 1 << 20
_MAX_FILES = 256
_MAX_DIRECTORIES = 1024


def configured_directories(root: Root, machine: Machine) -> tuple[str, ...]:
    """Return the directories that are there, each once (by inode), in ldconfig's order: the default ones last."""
    found: dict[tuple[int, int], str] = {}
    for path in (*_directories(root, CONFIGURATION, set()), *machine.default_directories):
        identity = root.identity(path) if path.startswith("/") else None
        if identity is not None and len(found) < _MAX_DIRECTORIES:
            found.setdefault(identity, path)
    return tuple(found.values())


def _directories(root: Root, file: str, seen: set[str]) -> Iterator[str]:
    """Yield the directories of a configuration file and of those that it includes, each file once."""
    if file in seen or len(seen) == _MAX_FILES:
        return
    seen.add(file)
    try:
        content = root.read(file, _MAX_BYTES)
    except OSError:
        return
    for entry in parse_ld_so_conf(content):
        match entry:
            case Directory(path=path):
                yield path
            case Include(pattern=pattern):
                for included in _matches(root, posixpath.join(posixpath.dirname(file), pattern)):
                    yield from _directories(root, included, seen)


def _matches(root: Root, pattern: str) -> list[str]:
    """Return the paths that an absolute pattern stands for, in the C locale's order."""
    paths = [""]
    for part in pattern.split("/")[1:]:
        if re.search(r"[*?[]", part):
            paths = [
                f"{path}/{name}"
                for path in paths[:_MAX_FILES]
                for name in fnmatch.filter(root.names(path or "/"), part)
                if not name.startswith(".") or part.startswith(".")
            ]
        else:
            paths = [f"{path}/{part}" for path in paths]
    return paths
