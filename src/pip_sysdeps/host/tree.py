"""The files below a folder, found by one walk that follows no link."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.model import Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.host.root import Root

_MAX_FILES = 2_000_000
"""More than the largest environments by an order of magnitude; a bound for what somebody else made."""

NEVER_ELF = (
    *(".py", ".pyc", ".pyi", ".pyx", ".pxd", ".pth", ".typed", ".txt", ".md", ".rst", ".html", ".css", ".js", ".mjs"),
    *(".ts", ".map", ".json", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".xml", ".csv", ".h", ".hpp", ".c", ".cpp"),
    *(".cu", ".cuh", ".f", ".f90", ".sh", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ttf", ".woff", ".woff2", ".gz"),
    *(".zip", ".npy", ".npz", ".parquet", ".mo", ".po", ".qml", ".qmltypes", ".qm", ".tmpl", ".jinja2", ".pem"),
)
"""Suffixes of text, of data with another magic, and of Python itself: three of four files are one of these, and are
never opened to look for the ELF magic. What else there is counts by its content, whatever its name or mode."""


def may_be_elf(path: str) -> bool:
    """Tell whether a file has to be opened to know that it is no ELF file."""
    return not path.endswith(NEVER_ELF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What one walk found."""

    files: frozenset[str]
    """Regular files, as resolved paths; byte code in `__pycache__` is not looked for."""
    skipped: tuple[Skipped, ...]
    """Folders that could not be listed, or were too many."""


def walk(root: Root, top: str, *, enter: Callable[[str, str], bool] = lambda _folder, _name: True) -> Tree:
    """Find the regular files below a resolved folder; links are not followed.

    `enter(folder, name)` tells whether a folder below it is looked into.
    """
    files: set[str] = set()
    skipped: list[Skipped] = []
    pending = [top]
    while pending:
        if len(files) > _MAX_FILES:
            skipped.append(Skipped(path=top, verdict=Verdict.UNREADABLE, reason=f"More than {_MAX_FILES} files"))
            break
        folder = pending.pop()
        prefix = folder if folder == "/" else folder + "/"
        try:
            with root.scan_resolved(folder) as entries:
                for entry in entries:
                    name = entry.name
                    if entry.is_file(follow_symlinks=False):
                        files.add(prefix + name)
                    elif entry.is_dir(follow_symlinks=False) and name != "__pycache__" and enter(folder, name):
                        pending.append(prefix + name)
        except OSError as error:
            skipped.append(
                Skipped(path=folder, verdict=Verdict.UNREADABLE, reason=error.strerror or "Cannot be listed")
            )
    return Tree(files=frozenset(files), skipped=tuple(skipped))


def inside(path: str, folder: str) -> bool:
    """Tell whether a normalized path is the folder or lies below it."""
    return path == folder or path.startswith(folder if folder == "/" else folder + "/")


def join(folder: str, path: str) -> str:
    """Return a path relative to a folder, normalized: `..` ends at the top."""
    return posixpath.normpath(posixpath.join(folder, path))
