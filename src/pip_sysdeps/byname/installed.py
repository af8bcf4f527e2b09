"""Find programs, files and libraries of a root by name."""

from __future__ import annotations

import fnmatch
import re
from functools import cached_property
from typing import TYPE_CHECKING

from pip_sysdeps.packages.index import PROGRAM_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pip_sysdeps.system.root import Root

_MOST_FOLDERS = 200


class SystemNames:
    """The programs, files and libraries of one root."""

    def __init__(self, root: Root) -> None:
        self._root = root

    def program(self, name: str) -> str | None:
        """Return the path of a program in a folder of PATH."""
        paths = (f"/{folder}/{name}" for folder, names in self._programs if name in names)
        return next((path for path in paths if self._root.is_file(path)), None)

    @cached_property
    def _programs(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The names in each folder of programs, read once: thousands of words are looked up."""
        return tuple((folder, frozenset(self._root.names(f"/{folder}"))) for folder in PROGRAM_FOLDERS)

    def file(self, pattern: str) -> str | None:
        """Return the first file that matches a pattern of Debian, in the folders of this system.

        `*` matches a folder or a part of a name.
        """
        return next((path for each in _layouts(pattern) if (path := self._match(each))), None)

    def _match(self, pattern: str) -> str | None:
        places = [""]
        for part in pattern.strip("/").split("/"):
            found = [
                f"{place}/{name}"
                for place in places
                for name in (fnmatch.filter(self._root.names(place or "/"), part) if "*" in part else [part])
            ]
            places = found[:_MOST_FOLDERS]
        return next((place for place in places if self._root.is_file(place)), None)

    def newest(self, stem: str, folders: Iterable[str]) -> str | None:
        """Return the newest library of a stem in some folders, in the order of ldconfig(8)."""
        return newest(stem, (name for folder in folders for name in self._root.names(folder)))


def _layouts(pattern: str) -> Iterator[str]:
    """Yield a pattern of Debian, then those for the same file in `lib64`, as rpm has it, and in `lib`, as apk does."""
    yield pattern
    if in_library := re.fullmatch(r"/usr/lib/(?:\*/)?(.+)", pattern):
        yield f"/usr/lib64/{in_library[1]}"
        yield f"/usr/lib/{in_library[1]}"


def newest(stem: str, names: Iterable[str]) -> str | None:
    """Return the library with the highest version, such as `libmagic.so.1`; None if none has a single number."""
    start = f"lib{stem}.so."
    major = {name for name in names if name.startswith(start) and name.removeprefix(start).isdecimal()}
    return max(major, key=lambda name: (int(name.removeprefix(start)[:9]), name), default=None)
