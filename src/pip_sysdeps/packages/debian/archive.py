"""Convert an archive's downloaded Packages and Contents indices to the tables of a soname index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import tomlkit

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.packages.debian.apt import open_lines
from pip_sysdeps.packages.debian.contents import DATA_FOLDER, rows_in_folders, rows_in_subfolders, rows_matching
from pip_sysdeps.packages.debian.indexing import (
    AlternativeTargets,
    base_set,
    file_table,
    library_folders,
    library_table,
    plugin_table,
    program_table,
    version_id,
    version_of,
)
from pip_sysdeps.packages.debian.packages_file import parse_packages
from pip_sysdeps.packages.index import PROGRAM_FOLDERS
from pip_sysdeps.packages.registry import distributions
from pip_sysdeps.system.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.packages.debian.apt import AptIndex
    from pip_sysdeps.packages.debian.contents import ContentsRow
    from pip_sysdeps.packages.debian.packages_file import ArchivePackage
    from pip_sysdeps.packages.index_file import Table


_MOST_NAMES = 1 << 23
"""Limit on file names and package names in all indices; Debian has about 400,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTables:
    """The tables of a release's archives for one architecture."""

    date: str
    """`Date` of the newest Release file."""
    release: str
    """`VERSION_ID` of the release."""
    glibc: str
    """Version of its glibc."""
    python: str
    """Version of its own Python."""
    tables: Mapping[str, Table]
    """`library`, `program`, `file`, `plugin` and `base`."""


def read_archive(
    indices: Sequence[AptIndex],
    architecture: str,
    alternatives: Mapping[str, AlternativeTargets],
    files: Collection[str],
    distro: str = "debian",
) -> ArchiveTables:
    """Read downloaded indices into the tables of an index.

    `files` has the patterns of files to index; `distro` is the `Origin` of the release's own archives, and the
    base set comes from these alone. Raise MalformedError for an index that is not in its format, and SysdepsError for
    one that cannot be read.
    """
    packages, own_packages = _packages(indices, distro)
    folders = library_folders(architecture)
    libraries: list[ContentsRow] = []
    programs: list[ContentsRow] = []
    budget = _Budget()
    for row in _folder_rows(indices, (*folders, *PROGRAM_FOLDERS)):
        budget.spend(1 + len(row.packages))
        (libraries if row.folder in folders else programs).append(row)
    return ArchiveTables(
        date=max((index.date for index in indices if index.date), key=_moment, default=""),
        release=version_id(distro, next((index.version for index in indices if index.origin.lower() == distro), "")),
        glibc=version_of("libc6", packages),
        python=version_of("python3", packages),
        tables={
            "library": library_table(libraries, packages),
            "program": program_table(programs, packages, alternatives),
            "file": file_table(_matching_rows(indices, files), packages),
            "plugin": plugin_table(libraries, _subfolder_rows(indices, (*folders, DATA_FOLDER)), packages),
            "base": dict.fromkeys(_base({name: packages[name] for name in own_packages}, distro), "="),
        },
    )


def _base(own_packages: Mapping[str, ArchivePackage], distro: str) -> frozenset[str]:
    known = distributions().get(distro)
    return base_set(own_packages, required=known is not None and known.required)


class _Budget:
    """Limits memory by counting the names that are read."""

    def __init__(self) -> None:
        self._left = _MOST_NAMES

    def spend(self, names: int) -> None:
        """Raise MalformedError if there are too many."""
        self._left -= names
        if self._left < 0:
            raise MalformedError(f"the archive's indices have more than {_MOST_NAMES} names")

    def packages(self, packages: Iterator[ArchivePackage]) -> Iterator[ArchivePackage]:
        """Yield packages, and count their names."""
        for package in packages:
            self.spend(1 + sum(map(len, package.depends)) + len(package.provides))
            yield package


def _moment(date: str) -> datetime:
    """Return the time of a Release file's `Date`, which may be any text. Raise MalformedError for an invalid date."""
    try:
        moment = parsedate_to_datetime(date)
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise MalformedError(f"{date[:60]!a} is not a date", where="Date of a Release file") from error


def default_alternatives() -> dict[str, AlternativeTargets]:
    """Return the programs that are links of update-alternatives(1), with their targets."""
    with open(shipped("alternatives.toml"), encoding="utf-8") as file:
        entries = tomlkit.load(file).unwrap().items()
    return {
        name: AlternativeTargets(targets=tuple(entry["behind"]), is_ambiguous=entry.get("several", False))
        for name, entry in entries
    }


def _packages(indices: Sequence[AptIndex], distro: str) -> tuple[dict[str, ArchivePackage], set[str]]:
    """Return every package, and the names of those in the release's own archives, which take precedence."""
    packages: dict[str, ArchivePackage] = {}
    own_packages: set[str] = set()
    budget = _Budget()
    lists = sorted(_select_kind(indices, "Packages"), key=lambda index: index.origin.lower() == distro)
    for index in lists:
        with open_lines(index) as lines:
            read = {package.name: package for package in budget.packages(parse_packages(lines))}
        packages |= read
        own_packages |= read.keys() if index.origin.lower() == distro else set()
    return packages, own_packages


def _matching_rows(indices: Sequence[AptIndex], patterns: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for index in _select_kind(indices, "Contents"):
        with open_lines(index) as lines:
            yield from rows_matching(lines, patterns)


def _subfolder_rows(indices: Sequence[AptIndex], folders: tuple[str, ...]) -> Iterator[ContentsRow]:
    for index in indices:
        if index.kind.startswith("Contents"):
            with open_lines(index) as lines:
                yield from rows_in_subfolders(lines, folders)


def _folder_rows(indices: Sequence[AptIndex], folders: tuple[str, ...]) -> Iterator[ContentsRow]:
    for index in _select_kind(indices, "Contents"):
        with open_lines(index) as lines:
            yield from rows_in_folders(lines, folders)


def _select_kind(indices: Iterable[AptIndex], kind: str) -> list[AptIndex]:
    return [index for index in indices if index.kind.partition("-")[0] == kind]
