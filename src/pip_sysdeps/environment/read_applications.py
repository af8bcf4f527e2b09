"""Describe folders without distributions: applications that include Python, or folders around an environment.

A freezer (PyInstaller, cx_Freeze, Nuitka) copies modules and libraries into a folder without their metadata. A zip
application (PEP 441: zipapp, shiv, pex) is one file.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.environment.module_names import abi_of_module
from pip_sysdeps.system.root import pread
from pip_sysdeps.system.tree import inside, walk

if TYPE_CHECKING:
    from pip_sysdeps.system.root import Root

_ZIP = b"PK\x03\x04"
_HEAD = 4096
_MOST_FILES = 20_000
"""Limit on the files of a folder that is searched for modules."""
FROZEN_HINT = (
    "lock the environment that it was made from; or scan its files as they are: --path DIR --allow-empty, with "
    "`library-path` for folders that it adds to LD_LIBRARY_PATH when it starts"
)
"""Hint for a folder with modules and without distributions."""
_METADATA = (".dist-info", ".egg-info")
_SITE = re.compile(r"(?:/local)?/lib(?:64)?/(?:python|pypy)[^/]*/(?:site|dist)-packages$")
"""The end of a site directory below its prefix."""
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


class Contents(NamedTuple):
    """A description of a folder that is not an environment."""

    note: str
    """A remark for the message; may be empty."""
    hint: str
    """The option to use instead; may be empty."""


def describe_contents(root: Root, folder: str) -> Contents:
    """Describe a folder without distributions by a virtual environment in it, or by its first extension module."""
    venvs = (name for name in root.names(folder) if root.is_file(f"{folder}/{name}/pyvenv.cfg"))
    if venv := next(venvs, ""):
        return Contents("", f"did you mean `--python {folder}/{venv}`?")
    if site := _site_around(root, folder):
        return Contents("", f"did you mean `--path {site}`?")
    module = first_module(root, folder)
    if inner := _environment_of(root, folder, module):
        return Contents("", f"did you mean `{inner}`?")
    if module:
        return Contents(f", but modules, such as `{module}`: it looks like a frozen application", FROZEN_HINT)
    return Contents("", "")


def _site_around(root: Root, folder: str) -> str:
    """Return the nearest site directory that a folder is in; empty if it is in none."""
    while folder != "/":
        folder = posixpath.dirname(folder)
        if _is_site(root, folder):
            return folder
    return ""


def _is_site(root: Root, folder: str) -> bool:
    return any(name.endswith(_METADATA) for name in root.names(folder))


def _environment_of(root: Root, folder: str, module: str) -> str:
    """Return the option that names the environment of a module below a folder; empty if there is none."""
    parts = module.split("/")[:-1]
    folders = [posixpath.join(folder, *parts[:count]) for count in range(len(parts), -1, -1)]
    for each in folders:
        if root.is_file(f"{each}/pyvenv.cfg"):
            return f"--python {each}"
    site = next((each for each in folders if _is_site(root, each)), "")
    prefix = _SITE.sub("", site)
    return f"--path {prefix if inside(prefix, folder) else site}" if site else ""
