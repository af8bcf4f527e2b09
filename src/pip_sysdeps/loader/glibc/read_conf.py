"""Read the directories of ldconfig(8): those of ld.so.conf and its included files, and the default ones.

Source: ldconfig(8); glibc elf/ldconfig.c, parse_conf and add_dir_1.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from itertools import islice
from typing import TYPE_CHECKING

from pip_sysdeps.loader.glibc.conf_file import parse_ld_so_conf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.system.root import Root

CONFIGURATION = "/etc/ld.so.conf"

_MAX_BYTES = 1 << 20
_MAX_FILES = 256
_MAX_DIRECTORIES = 1024
_MAX_LINES = 10_000
"""Limit on lines and patterns, in all files together."""
_MAX_NAMES = 200_000
"""Limit on names that are compared with patterns, in all files together."""
_MAX_PATTERN = 4096
"""Limit on a pattern: that of Linux for paths."""


def configured_directories(root: Root, default: tuple[str, ...]) -> tuple[str, ...]:
    """Return the existing directories, each once (by inode), in ldconfig's order: the default ones last."""
    found: dict[tuple[int, int], str] = {}
    configured = islice(_Configuration(root).directories(CONFIGURATION), _MAX_LINES)
    for path in (*configured, *default):
        identity = root.identity(path) if path.startswith("/") else None
        if identity is not None and len(found) < _MAX_DIRECTORIES:
            found.setdefault(identity, path)
    return tuple(found.values())


class _Configuration:
    """A configuration file with the files that it includes, each followed once."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._files: set[str] = set()
        self._patterns: set[str] = set()
        self._names = _MAX_NAMES

    def directories(self, file: str) -> Iterator[str]:
        """Yield the directories of a file and of its included files; each file and each pattern is followed once."""
        if file in self._files or len(self._files) == _MAX_FILES:
            return
        self._files.add(file)
        try:
            content = self._root.read(file, _MAX_BYTES)
        except OSError:
            return
        for entry in parse_ld_so_conf(content):
            if not entry.is_pattern:
                yield entry.text
                continue
            for included in self._matches(posixpath.join(posixpath.dirname(file), entry.text)):
                yield from self.directories(included)

    def _matches(self, pattern: str) -> list[str]:
        """Return the paths that match an absolute pattern, in the C locale's order."""
        if pattern in self._patterns or len(self._patterns) == _MAX_LINES or len(pattern) > _MAX_PATTERN:
            return []
        self._patterns.add(pattern)
        paths = [""]
        for part in pattern.split("/")[1:]:
            if re.search(r"[*?[]", part):
                paths = [
                    f"{path}/{name}" for path in paths[:_MAX_FILES] for name in self._matching_names(path or "/", part)
                ]
            else:
                paths = [f"{path}/{part}" for path in paths]
        return paths

    def _matching_names(self, folder: str, part: str) -> list[str]:
        names = self._root.names(folder) if self._names > 0 else []
        self._names -= len(names) + 1
        return [name for name in fnmatch.filter(names, part) if not name.startswith(".") or part.startswith(".")]
