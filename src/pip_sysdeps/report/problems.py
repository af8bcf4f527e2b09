"""Define the problems of a release image, with their repairs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pip_sysdeps.lock.instructions import NOTHING, Instructions, join_instructions
from pip_sysdeps.lock.target_choice import listed_targets
from pip_sysdeps.report.catalogue import (
    FOREIGN_FILE,
    MISSING_IN_IMAGE,
    NO_INTERPRETER,
    NOT_LOCKED,
    OLDER_CPU,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.lock.document import Lockfile
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.packages.family import NameRules
    from pip_sysdeps.report.catalogue import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem of a release image."""

    error: bool
    """Whether it is an error (an import or a program fails, or the lock differs), not a warning."""
    entry: Entry
    """Its kind."""
    distribution: str
    """The distribution; empty for the interpreter, a file that no RECORD lists, or the whole image."""
    subject: str
    """A soname, a symbol version, a binary package or a file."""
    message: str
    """The message, in one line."""
    files: tuple[str, ...] = ()
    """The affected objects."""
    package: str = ""
    """The binary package that repairs it; empty if none does."""
    instructions: Instructions = NOTHING
    """Dockerfile instructions that repair it."""


_CAUSES = (NO_INTERPRETER, NOT_LOCKED)
"""Kinds that explain others: with another Python, symbols and libraries are missing."""


def sort_key(problem: Problem) -> tuple[object, ...]:
    """Return the key that sorts problems: errors first, then those that explain others, then by kind."""
    return (
        not problem.error,
        problem.entry not in _CAUSES,
        problem.entry.kind,
        problem.distribution,
        problem.subject,
        problem.message,
        problem.files,
    )


def repair_packages(problems: Iterable[Problem], names: NameRules | None) -> tuple[str, ...]:
    """Return the packages and capabilities that repair problems, sorted, as words of a shell command.

    `names` are the package manager's rules; invalid names are dropped, and all names without rules.
    """
    packages = {each.package for each in problems if each.error}
    return tuple(sorted(each for each in packages if names and (names.package(each) or names.capability(each))))


def repair_instructions(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Return the Dockerfile instructions that repair problems."""
    return tuple(join_instructions(each.instructions for each in problems if each.error).lines())


def relevant_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the errors, and the warnings that are neither missing needs nor foreign files."""
    return tuple(each for each in problems if each.error or each.entry not in {MISSING_IN_IMAGE, FOREIGN_FILE})


def older_cpu_problems(problems: Iterable[Problem], current: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the errors that occur only on older CPUs, as warnings: those that are not in `current`."""
    known_subjects = {(each.distribution, each.subject) for each in current if each.error}
    return tuple(
        replace(each, error=False, entry=OLDER_CPU, message=f"on older CPUs {each.message}")
        for each in problems
        if each.error and (each.distribution, each.subject) not in known_subjects
    )


def missing_target_problem(lock: Lockfile, scan: Scan) -> Problem:
    """Return the problem of a lock without a target for the image's system."""
    return Problem(
        error=True,
        entry=NOT_LOCKED,
        distribution="",
        subject=scan.platform.id,
        message=f"the lock has no target for this system ({scan.platform.id}), only {listed_targets(lock)}",
    )
