"""Find the interpreter that a pyenv shim would start, without running the shim.

Source: pyenv's libexec: pyenv-which, pyenv-version-name, pyenv-version-file, pyenv-version-file-read, pyenv-latest.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.system.root import Root

SYSTEM = "system"
"""The version that means the next program on PATH."""
_MAX_VERSION_FILE = 1 << 16
_NUMBERS = r"[0-9]+(?:\.[0-9]+)*"


def is_shim(root: Root, path: str) -> bool:
    """Return whether a program is in the `shims` of a pyenv."""
    folder, shims = posixpath.split(posixpath.dirname(path))
    return shims == "shims" and root.is_folder(f"{folder}/versions")


def programs_of_shim(root: Root, path: str, environ: Mapping[str, str], cwd: str) -> Iterator[str]:
    """Yield the programs that a shim may start, best first: paths, or `SYSTEM`."""
    folder, program = posixpath.dirname(posixpath.dirname(path)), posixpath.basename(path)
    for version in _versions(root, folder, environ, cwd):
        if version == SYSTEM:
            yield SYSTEM
        elif installed := _find_version(root, f"{folder}/versions", version):
            yield f"{folder}/versions/{installed}/bin/{program}"


def parse_version_file(content: bytes) -> tuple[str, ...]:
    """Return the versions in a `.python-version`, best first; a path is not a version."""
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    words = [word for line in lines for word in line.partition("#")[0].split()]
    return tuple(word for word in words if "/" not in word and "\0" not in word and word not in {".", ".."})


def _versions(root: Root, folder: str, environ: Mapping[str, str], cwd: str) -> tuple[str, ...]:
    if chosen := environ.get("PYENV_VERSION", ""):
        return parse_version_file(chosen.replace(":", " ").encode("utf-8", "surrogateescape"))
    for path in (*_version_files(cwd), f"{folder}/version"):
        try:
            versions = parse_version_file(root.read(path, _MAX_VERSION_FILE))
        except OSError:
            continue
        if versions:
            return versions
    return (SYSTEM,)


def _version_files(folder: str) -> Iterator[str]:
    while True:
        yield posixpath.join(folder, ".python-version")
        if folder in {"/", ""}:
            return
        folder = posixpath.dirname(folder)


def _find_version(root: Root, versions: str, name_or_prefix: str) -> str:
    """Return the installed version with a name, or the newest one with this prefix; empty for none."""
    for name in (name_or_prefix, name_or_prefix.removeprefix("python-")):
        if root.is_folder(f"{versions}/{name}"):
            return name
        found = [each for each in root.names(versions) if each.startswith(f"{name}.") and re.fullmatch(_NUMBERS, each)]
        if found:
            return max(found, key=lambda each: [int(number) for number in each.split(".")])
    return ""
