"""Find the files below a folder in one walk that does not follow links."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.model.environment import Skipped, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.system.root import Root

_MAX_FILES = 2_000_000
"""Limit for hostile input: ten times the files of the largest environments."""

NEVER_ELF = (
    *(".py", ".pyc", ".pyi", ".pyx", ".pxd", ".pth", ".typed", ".txt", ".md", ".rst", ".html", ".css", ".js", ".mjs"),
    *(".ts", ".map", ".json", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".xml", ".csv", ".h", ".hpp", ".c", ".cpp"),
    *(".cu", ".cuh", ".f", ".f90", ".sh", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ttf", ".woff", ".woff2", ".gz"),
    *(".zip", ".npy", ".npz", ".parquet", ".mo", ".po", ".qml", ".qmltypes", ".qm", ".tmpl", ".jinja2", ".pem"),
)
"""Suffixes of text, of other binary formats, and of Python: three quarters of all files, which are not opened.

All other files are examined, regardless of their name and mode.
"""


def may_be_elf(path: str) -> bool:
    """Return whether a file may be an ELF file by its name."""
    return not path.endswith(NEVER_ELF)


class Tree(NamedTuple):
    """The result of one walk."""

    files: frozenset[str]
    """The resolved paths of regular files, without byte code in `__pycache__`."""
    skipped: tuple[Skipped, ...]
    """The folders that could not be listed, or have too many files."""


def walk(root: Root, top: str, *, enter: Callable[[str], bool] = lambda _name: True, limit: int = _MAX_FILES) -> Tree:
    """Find the regular files below a resolved folder; links are not followed.

    `enter(name)` returns whether to walk a folder of that name. Folders below `top` with a pyvenv.cfg are other
    environments and are omitted. The walk stops after about `limit` files, with an entry in `skipped`.
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
    """Return whether a normalized path is the folder or below it."""
    return path == folder or path.startswith(folder if folder == "/" else folder + "/")


def join(folder: str, path: str) -> str:
    """Join a folder and a path, and normalize the result; `..` stops at the top."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    return joined[1:] if joined.startswith("//") else joined  # normpath keeps two leading slashes (POSIX)
