"""The standard library of an interpreter: its folder and its extension modules."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pip_sysdeps.model.environment import Interpreter
    from pip_sysdeps.system.root import Root

_MOST_MODULES = 500
"""Maximum number of extension modules; CPython has about eighty."""
_MOST_FOLDERS, _MOST_SOURCES = 1000, 5000
"""Maximum numbers of names in the folder, and of sources; CPython has 240 and 700."""


def library_folder(root: Root, interpreter: Interpreter) -> str:
    """Return the folder of the standard library, in `lib`, or in `lib64` as on systems with rpm.

    Source: Modules/getpath.py of CPython (STDLIB_SUBDIR, STDLIB_LANDMARKS).
    """
    version = ".".join(map(str, interpreter.version)) + ("t" if interpreter.abi_tag.endswith("t") else "")
    folders = [f"{interpreter.prefix}/{folder}/python{version}" for folder in ("lib", "lib64")]
    return next((each for each in folders if root.is_file(f"{each}/os.py")), folders[0])


def library_sources(root: Root, folder: str) -> tuple[str, ...]:
    """Return the paths of the sources in the folder of a standard library and in the folders there."""
    inner = (f"{folder}/{name}" for name in root.names(folder)[:_MOST_FOLDERS] if "." not in name and "-" not in name)
    folders = (folder, *inner)
    paths = (f"{folder}/{name}" for folder in folders for name in root.names(folder) if name.endswith(".py"))
    return tuple(islice(paths, _MOST_SOURCES))


def extension_modules(root: Root, interpreter: Interpreter) -> dict[str, str]:
    """Map each extension module of the standard library to its file: `_ssl` to `.../_ssl.cpython-311-....so`.

    Empty for an interpreter that is not CPython. Source: Modules/getpath.py of CPython (PLATSTDLIB_LANDMARK), PEP 3149.
    """
    folder = f"{library_folder(root, interpreter)}/lib-dynload"
    files = (name for name in root.names(folder) if name.endswith(".so"))
    return {name.partition(".")[0]: f"{folder}/{name}" for name in islice(files, _MOST_MODULES)}
