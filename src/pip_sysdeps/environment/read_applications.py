"""Detect applications that include Python: frozen ones and zip applications, which have no distributions.

A freezer (PyInstaller, cx_Freeze, Nuitka) copies modules and libraries into a folder without their metadata. A zip
application (PEP 441: zipapp, shiv, pex) is one file.
"""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from pip_sysdeps.environment.module_names import abi_of_module
from pip_sysdeps.system.root import pread
from pip_sysdeps.system.tree import walk

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

_ZIP = b"PK\x03\x04"
_HEAD = 4096
_MOST_FILES = 20_000
"""A folder with more files is not searched for modules."""
FROZEN_HINT = (
    "lock the environment that it was made from; or scan its files as they are: --path DIR --allow-empty, with "
    "`library-path` for folders that it adds to LD_LIBRARY_PATH when it starts"
)
"""Hint for a folder with modules and without distributions."""
ZIP_HINT = "unpack it and name the folder: `python3 -m zipfile -e FILE DIR`, then --path DIR"
"""Hint for a zip application."""


def is_zip_application(root: Root, path: str) -> bool:
    """Return whether a file is a zip archive, possibly after a `#!` line. Source: PEP 441."""
    if not root.is_file(path):
        return False
    try:
        descriptor = root.open(path)
    except OSError:
        return False
    try:
        head = pread(descriptor, _HEAD, 0)
    finally:
        os.close(descriptor)
    return head.startswith(_ZIP) or (head.startswith(b"#!") and b"\n" + _ZIP in head)


def first_module(root: Root, folder: str) -> str:
    """Return an extension module in a folder, relative to it; empty if there is none."""
    top = root.resolve(folder) or folder
    files = sorted(walk(root, top, limit=_MOST_FILES).files)
    return next(
        (posixpath.relpath(file, top) for file in files if abi_of_module(file) or file.endswith(".abi3.so")), ""
    )


def modules_note(root: Root, folder: str) -> str:
    """Return a remark that a folder without distributions has modules; empty if it has none."""
    module = first_module(root, folder)
    return f", but modules, such as `{module}`: it looks like a frozen application" if module else ""
