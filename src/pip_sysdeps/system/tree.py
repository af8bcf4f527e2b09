"""The files below a folder, found in one walk that follows no links."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.model.environment import Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.system.root import Root

_MAX_FILES = 2_000_000
"""Ten times the files of the largest environments; a limit for hostile input."""

NEVER_ELF = (
    *(".py", ".pyc", ".pyi", ".pyx", ".pxd", ".pth", ".typed", ".txt", ".md", ".rst", ".html", ".css", ".js", ".mjs"),
    *(".ts", ".map", ".json", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".xml", ".csv", ".h", ".hpp", ".c", ".cpp"),
    *(".cu", ".cuh", ".f", ".f90", ".sh", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ttf", ".woff", ".woff2", ".gz"),
    *(".zip", ".npy", ".npz", ".parquet", ".mo", ".po", ".qml", ".qmltypes", ".qm", ".tmpl", ".jinja2", ".pem"),
)
"""Suffixes of text, of other binary formats, and of Python itself: three of four files have one and are not opened.

All other files count by their content, whatever their name or mode.
"""


def may_be_elf(path: str) -> bool:
    """Return whether a file must be opened to know that it is not an ELF file."""
    return not path.endswith(NEVER_ELF)


class Tree(NamedTuple):
    """The result of one walk."""

    files: frozenset[str]
    """Regular files, as resolved paths, without byte code in `__pycache__`."""
    skipped: tuple[Skipped, ...]
    """Folders that could not be listed, or had too many files."""


def walk(root: Root, top: str, *, enter: Callable[[str], bool] = lambda _name: True, limit: int = _MAX_FILES) -> Tree:
    """Find the regular files below a resolved folder; links are not followed.

    `enter(name)` returns whether to walk a folder of that name. A folder below `top` that has a pyvenv.cfg is an
    environment of its own and left out. At about `limit` files the walk ends, and `skipped` says so.
    """
    files: set[str] = set()
    skipped: list[Skipped] = []
    pending = [top]
    while pending:
        folder = pending.pop()
        try:
            here, below = _list(root, folder, enter)
        except OSError as error:
            skipped.append(Skipped(path=folder, verdict=Verdict.UNREADABLE, reason=str(error.strerror)))
            continue
        if folder != top and f"{folder}/pyvenv.cfg" in here:
            continue
        files.update(here)
        pending += below
        if len(files) > limit:
            skipped.append(Skipped(path=top, verdict=Verdict.UNREADABLE, reason=f"more than {limit} files"))
            break
    return Tree(files=frozenset(files), skipped=tuple(skipped))


def _list(root: Root, folder: str, enter: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    """Return the regular files of one folder, and the folders to walk."""
    prefix = folder if folder == "/" else folder + "/"
    files: list[str] = []
    folders: list[str] = []
    with root.scan_resolved(folder) as entries:
        for entry in entries:
            name = entry.name
            if entry.is_file(follow_symlinks=False):
                files.append(prefix + name)
            elif entry.is_dir(follow_symlinks=False) and name != "__pycache__" and enter(name):
                folders.append(prefix + name)
    return files, folders


def inside(path: str, folder: str) -> bool:
    """Return whether a normalized path is the folder or is below it."""
    return path == folder or path.startswith(folder if folder == "/" else folder + "/")


def join(folder: str, path: str) -> str:
    """Return a path relative to a folder, normalized: `..` ends at the top."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    return joined[1:] if joined.startswith("//") else joined  # normpath keeps two leading slashes (POSIX)
