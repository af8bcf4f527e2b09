"""An archive's downloaded Packages and Contents indices -> the tables of a soname index."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from pip_sysdeps.formats.contents import rows_in
from pip_sysdeps.formats.packages import parse_packages
from pip_sysdeps.host.apt import opened
from pip_sysdeps.indexing import PROGRAM_FOLDERS, base_set, library_folders, library_table, program_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pip_sysdeps.formats.contents import ContentsRow
    from pip_sysdeps.formats.packages import ArchivePackage
    from pip_sysdeps.formats.soname_index import Table
    from pip_sysdeps.host.apt import AptIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTables:
    """What the indices of one archive say about one architecture."""

    date: str
    """`Date` of the newest Release file."""
    tables: Mapping[str, Table]
    """`library`, `program` and `base`."""


def read_archive(
    indices: Sequence[AptIndex], architecture: str, alternatives: Mapping[str, Sequence[str]]
) -> ArchiveTables:
    """Read downloaded indices into the tables of an index.

    Raise MalformedError for an index that is not in its format, and SysdepsError for one that cannot be read.
    """
    packages: dict[str, ArchivePackage] = {}
    for index in (index for index in indices if index.kind == "Packages"):
        with opened(index) as lines:
            packages |= {package.name: package for package in parse_packages(lines)}
    folders = library_folders(architecture)
    libraries: list[ContentsRow] = []
    programs: list[ContentsRow] = []
    for row in _rows(indices, (*folders, *PROGRAM_FOLDERS)):
        (libraries if row.folder in folders else programs).append(row)
    return ArchiveTables(
        date=max((index.date for index in indices if index.date), key=parsedate_to_datetime, default=""),
        tables={
            "library": library_table(libraries, packages),
            "program": program_table(programs, packages, alternatives),
            "base": dict.fromkeys(base_set(packages), "="),
        },
    )


def _rows(indices: Sequence[AptIndex], folders: tuple[str, ...]) -> Iterator[ContentsRow]:
    for index in indices:
        if index.kind == "Contents":
            with opened(index) as lines:
                yield from rows_in(lines, folders)
