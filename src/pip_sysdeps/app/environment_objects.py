"""The objects of an environment: the ELF files that its process can load, and those that it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.elf.glibc_versions import impossible_glibc
from pip_sysdeps.elf.kinds import incompatibility, most_common_kind
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.printing import printable
from pip_sysdeps.system.progress import track
from pip_sysdeps.system.tree import may_be_elf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pip_sysdeps.app.place import Place
    from pip_sysdeps.elf.read_objects import Objects
    from pip_sysdeps.model.environment import Distribution

_LONGEST_SHOWN = 60
_MAX_VERSIONS = 200_000
"""Limit on the symbol versions that all objects need: 15 for each of 5,000 C++ objects are 75,000."""
_SHELL = "/bin/sh"
"""A program of every system, with the system's architecture and C library."""


class EnvironmentObjects(NamedTuple):
    """The ELF files of an environment, by path."""

    holders: Mapping[str, Distribution]
    """The distribution of each file that a record claims, ELF or not."""
    usable: Mapping[str, ElfFile]
    """The objects that the environment's process can load."""
    program: ElfFile | None
    """The program of that process; None if unknown."""
    foreign_files: Mapping[str, Skipped]
    """The objects for another machine or C library, with the reason."""
    skipped: tuple[Skipped, ...]
    """Files that are broken, not runtime objects, or for another machine or C library."""


def read_environment_objects(objects: Objects, place: Place) -> EnvironmentObjects:
    """Read every possible ELF file, and separate those that the process cannot load.

    Raise SysdepsError for more symbol versions than can be compared in reasonable time.
    """
    environment = place.environment
    holders = {file: each for each in environment.distributions for file in each.files}
    files = (*filter(may_be_elf, holders), *environment.unclaimed)
    answers = {file: objects.facts(file) for file in track(files, "reading objects")}
    facts = {file: answer for file, answer in answers.items() if isinstance(answer, ElfFile)}
    _check_version_count(facts.values(), place.root.display_path(environment.prefix))
    program = place.target.program if place.target else _program(objects, place, facts)
    foreign_files = {
        file: why for file, elf in facts.items() if program and (why := incompatibility(file, elf, program))
    }
    return EnvironmentObjects(
        holders=holders,
        usable={file: elf for file, elf in facts.items() if file not in foreign_files},
        program=program,
        foreign_files=foreign_files,
        skipped=(
            *(each for each in answers.values() if isinstance(each, Skipped)),
            *foreign_files.values(),
            *_files_with_impossible_version(facts),
        ),
    )


def _files_with_impossible_version(facts: Mapping[str, ElfFile]) -> Iterator[Skipped]:
    """Yield the files that no glibc can load, because the lock cannot record their versions."""
    for file, elf in facts.items():
        if version := impossible_glibc(elf):
            shown = printable(version[:_LONGEST_SHOWN])
            yield Skipped(path=file, verdict=Verdict.MALFORMED, reason=f"needs {shown}, which no glibc has")


def _program(objects: Objects, place: Place, facts: Mapping[str, ElfFile]) -> ElfFile | None:
    """Return the facts of the interpreter; without one, of the most common kind of object, or of the shell."""
    path = place.environment.interpreter.path or ("" if facts else place.root.resolve(_SHELL))
    program = objects.facts(path) if path else None
    return program if isinstance(program, ElfFile) else most_common_kind(facts.values())


def _check_version_count(objects: Iterable[ElfFile], prefix: str) -> None:
    """Raise SysdepsError for more symbol versions than can be compared in reasonable time."""
    versions = sum(len(each.version_needs) for each in objects)
    if versions > _MAX_VERSIONS:
        raise SysdepsError(
            f"the objects of `{prefix}` need {versions} symbol versions, more than {_MAX_VERSIONS}",
            hint="no real environment has so many: remove the distributions or files that have them",
        )
