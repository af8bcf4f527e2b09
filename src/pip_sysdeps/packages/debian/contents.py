"""Parse Debian Contents indices: which binary package ships which file.

Source: wiki.debian.org/DebianRepository/Format, "Contents indices". One row per file or link: the path
without its leading "/", white space, then `[[area/]section/]package` for each package that ships it, with commas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

DATA_FOLDER = "usr/share"
"""The folder of architecture-independent data. Source: FHS 4.11."""
_MAX_PATH = 4096
"""Limit on the bytes of a path: PATH_MAX of limits.h."""
MAX_LINE = 1 << 20
"""Bytes; the longest real row (a documentation folder's link that hundreds of packages ship) has about 16,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsRow:
    """One file and the binary packages that ship it."""

    folder: str
    """The file's folder, as requested: `usr/lib`."""
    name: str
    """The file's name; it may have spaces."""
    packages: tuple[str, ...]
    """Binary packages, as listed, without their sections."""


def rows_in_folders(lines: Iterable[bytes], folders: Collection[str]) -> Iterator[ContentsRow]:
    """Yield the rows of files directly in one of `folders` (`usr/lib`, no "/" at either end).

    `lines` is streamed: a Contents index has millions of rows. A header, as indices had before 2018, is skipped. Raise
    MalformedError for a row of a requested folder without a package, and for a line that is too long.
    """
    prefixes = {f"{lead}{folder}/".encode(): folder for folder in folders for lead in ("", "./")}
    starts = tuple(prefixes)
    by_length = sorted(prefixes.items(), key=lambda item: -len(item[0]))
    for number, line in enumerate(lines, 1):
        _check_length(line, number)
        if not line.startswith(starts):
            continue
        prefix, folder = next(item for item in by_length if line.startswith(item[0]))
        path, packages = _columns(line, number)
        name = path[len(prefix) :]
        if b"/" not in name and len(path) <= _MAX_PATH:
            yield ContentsRow(folder=folder, name=name.decode("utf-8", "surrogateescape"), packages=packages)


def rows_in_subfolders(lines: Iterable[bytes], folders: Collection[str]) -> Iterator[ContentsRow]:
    """Yield the rows of files in subfolders of `folders`, with the subfolder's name as the row's name.

    In the loader's folders only shared objects count, in DATA_FOLDER all files. Of consecutive rows with the same
    subfolder and packages, only the first is yielded. `lines` and errors are as for `rows_in_folders`.
    """
    prefixes = tuple(f"{folder}/".encode() for folder in sorted(folders, key=len, reverse=True))
    data, last = f"{DATA_FOLDER}/".encode(), (b"", b"")
    for number, line in enumerate(lines, 1):
        _check_length(line, number)
        if not line.startswith(prefixes) or (b".so" not in line and not line.startswith(data)):
            continue
        path, _, packages = line.rstrip().rpartition(b" ")
        prefix = next(each for each in prefixes if path.startswith(each))
        name, slash, rest = path[len(prefix) :].rstrip().partition(b"/")
        if (prefix + name, packages) != last and slash and (prefix == data or rest.endswith(b".so")):
            last = prefix + name, packages
            path, owners = _columns(line, number)
            if len(path) <= _MAX_PATH:
                folder = prefix.decode().rstrip("/")
                yield ContentsRow(folder=folder, name=name.decode("utf-8", "surrogateescape"), packages=owners)


def rows_matching(lines: Iterable[bytes], patterns: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the pattern and the packages of each row that matches one of `patterns`.

    A pattern is an absolute path in which `*` matches a part of one name. If its last name has `**`, each file is
    yielded separately, under the pattern with the file's name. `lines` and errors are as for `rows_in_folders`.
    """
    rules = {pattern: re.compile(_expression(pattern)) for pattern in patterns}
    starts = tuple({pattern.lstrip("/").partition("*")[0].encode() for pattern in patterns})
    ends = tuple({pattern.rpartition("*")[2].rpartition("/")[2].encode() for pattern in patterns})
    for number, line in enumerate(lines, 1):
        _check_length(line, number)
        if line.startswith(starts) and line.rpartition(b" ")[0].rstrip().endswith(ends):
            path, packages = _columns(line, number)
            if len(path) > _MAX_PATH:
                continue
            yield from (
                (_concrete_pattern(pattern, path) if "**" in pattern else pattern, packages)
                for pattern, rule in rules.items()
                if rule.fullmatch(path)
            )


def _check_length(line: bytes, number: int) -> None:
    if len(line) > MAX_LINE:
        raise MalformedError(f"row longer than {MAX_LINE} bytes", where=f"line {number}")


def _concrete_pattern(pattern: str, path: bytes) -> str:
    return f"{pattern.rpartition('/')[0]}/{path.rpartition(b'/')[2].decode('utf-8', 'surrogateescape')}"


def _expression(pattern: str) -> bytes:
    parts = re.split(r"\*+", pattern.lstrip("/"))
    return rb"[^/]*".join(re.escape(part.encode()) for part in parts)


def _columns(line: bytes, number: int) -> tuple[bytes, tuple[str, ...]]:
    """Split one row at its last white space: a path may have spaces, the list of packages has none."""
    columns = line.rsplit(None, 1)
    if len(columns) != 2:
        raise MalformedError("a path has no package", where=f"line {number}")
    packages = columns[1].decode("utf-8", "surrogateescape").split(",")
    return columns[0].rstrip(), tuple(package.rpartition("/")[2] for package in packages)
