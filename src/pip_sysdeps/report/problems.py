"""Problems of a release image, and what mends them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pip_sysdeps.lock.instructions import NOTHING, Instructions, joined
from pip_sysdeps.lock.target_choice import listed_targets
from pip_sysdeps.report.catalogue import (
    FOREIGN_FILE,
    MISSING_IN_IMAGE,
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
    """One thing that is wrong with a release image."""

    error: bool
    """It stops an import or a program, or is not what was locked; otherwise a warning."""
    entry: Entry
    """What kind of problem it is."""
    distribution: str
    """Whose it is; empty for the interpreter, a file that no record claims, or the image as a whole."""
    subject: str
    """What it is about: a soname, a symbol version, a binary package, a file."""
    message: str
    """What is wrong, for a person; one line."""
    files: tuple[str, ...] = ()
    """The objects that show it."""
    package: str = ""
    """The binary package whose installation or upgrade mends it; empty if none does."""
    instructions: Instructions = NOTHING
    """What mends it besides, to be pasted into a Dockerfile."""


def order(problem: Problem) -> tuple[object, ...]:
    """Return the key that sorts problems: errors first, then by kind."""
    return (
        not problem.error,
        problem.entry.kind,
        problem.distribution,
        problem.subject,
        problem.message,
        problem.files,
    )


def mending(problems: Iterable[Problem], names: NameRules | None) -> tuple[str, ...]:
    """Return the packages and capabilities that mend all that can be mended, sorted: words of a line for a shell.

    `names` are the package manager's rules; what breaks them is left out, as is all where they are not known.
    """
    packages = {each.package for each in problems if each.error}
    return tuple(sorted(each for each in packages if names and (names.package(each) or names.capability(each))))


def pasted(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Return the Dockerfile instructions that mend what they can."""
    return tuple(joined(each.instructions for each in problems if each.error).lines())


def worth_showing(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems without what no import and nothing in the line misses."""
    return tuple(each for each in problems if each.error or each.entry not in {MISSING_IN_IMAGE, FOREIGN_FILE})


def on_older_cpus(problems: Iterable[Problem], here: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return, as warnings, the problems that there are without the folders for this CPU, and not `here`."""
    known = {(each.distribution, each.subject) for each in here if each.error}
    return tuple(
        replace(each, error=False, entry=OLDER_CPU, message=f"on older CPUs {each.message}")
        for each in problems
        if each.error and (each.distribution, each.subject) not in known
    )


def no_target(lock: Lockfile, scan: Scan) -> Problem:
    """Return the problem of a lock without a target for the image's system."""
    return Problem(
        error=True,
        entry=NOT_LOCKED,
        distribution="",
        subject=scan.platform.id,
        message=f"the lock has no target for this system ({scan.platform.id}), only {listed_targets(lock)}",
    )
