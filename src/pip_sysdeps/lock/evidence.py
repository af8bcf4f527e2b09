"""The files that need something, under names that are the same for every build of the same release.

Tools that repair wheels (auditwheel, delvewheel) add a hash of the content to the name of a copied library, so each
build has another name. `libpq-9b38f5e3.so.5.17` is recorded as `libpq.so.5.17`.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_MOST_BY = 3
_HASHED = re.compile(r"(.+)-[0-9a-f]{8}(\.so(?:\..+)?)", re.ASCII | re.DOTALL)


def evidence(files: Iterable[str], base: str, repaired: Collection[str] = ()) -> tuple[tuple[str, ...], int]:
    """Return the first files by name, relative to a folder, and the number of further ones.

    `repaired` has the files whose SONAME is their own file name.
    """
    relative = {printable(without_hash(_relative(file, base), repaired=file in repaired)) for file in files}
    shown = tuple(sorted(relative)[:_MOST_BY])
    return shown, len(relative) - len(shown)


def without_hash(path: str, *, repaired: bool = False) -> str:
    """Return the path of a library without the hash that a repair tool added to its name.

    The hash has eight hexadecimal digits. It is removed only in a folder `*.libs`, or if `repaired`, because other
    authors may use such names.
    """
    folder, name = posixpath.split(path)
    match = _HASHED.fullmatch(name)
    if match is None:
        return path
    is_in_libs = any(part.endswith(".libs") for part in folder.split("/"))
    return posixpath.join(folder, match[1] + match[2]) if is_in_libs or repaired else path


def _relative(file: str, base: str) -> str:
    """Return a relative path as posixpath.relpath, but ten times as fast for a file in the folder."""
    return file[len(base) + 1 :] if file.startswith(f"{base}/") else posixpath.relpath(file, base)
