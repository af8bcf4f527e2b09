"""Problems of a release image, and their repairs."""

from __future__ import annotations

from dataclasses import replace

from builders.facts import scan_of
from builders.locked import target
from pip_sysdeps.lock.document import Lockfile
from pip_sysdeps.lock.instructions import Instructions
from pip_sysdeps.packages.registry import family_of
from pip_sysdeps.report.catalogue import (
    FOREIGN_FILE,
    MISSING_IN_IMAGE,
    NO_INTERPRETER,
    NOT_LOCKED,
    OLDER_CPU,
    UNDEFINED_SYMBOL,
)
from pip_sysdeps.report.problems import (
    Problem,
    missing_target_problem,
    older_cpu_problems,
    relevant_problems,
    repair_instructions,
    repair_packages,
    sort_key,
)

PQ = Problem(error=True, entry=MISSING_IN_IMAGE, distribution="one", subject="libpq.so.5", message="is missing")
WARNING = replace(PQ, error=False)


def test_errors_come_first() -> None:
    """Problems are sorted by severity, kind, distribution and subject."""
    ordered = [
        replace(PQ, entry=FOREIGN_FILE, distribution="two"),
        replace(PQ, distribution="a", subject="z"),
        PQ,
        replace(PQ, subject="libz.so.1"),
        replace(WARNING, entry=FOREIGN_FILE),
        WARNING,
    ]
    shuffled = ordered[::-1]
    assert sorted(shuffled, key=sort_key) == ordered


def test_what_explains_others_comes_before_them() -> None:
    """An environment for another Python, or another one than the locked one, explains missing symbols."""
    ordered = [replace(PQ, entry=entry) for entry in (NO_INTERPRETER, NOT_LOCKED, MISSING_IN_IMAGE, UNDEFINED_SYMBOL)]
    shuffled = ordered[::-1]
    assert sorted(shuffled, key=sort_key) == ordered


def test_packages_repair_errors() -> None:
    """Each once and sorted; a name that the package manager would misread is not offered."""
    apk = family_of("apk")
    assert apk is not None
    words = ("zlib", "so:libpq.so.5", "zlib", "-x", "$(id)", "")
    problems = [*(replace(PQ, package=word) for word in words), replace(WARNING, package="libgl1")]
    assert repair_packages(problems, apk.names) == ("so:libpq.so.5", "zlib")
    assert repair_packages(problems, None) == ()


def test_instructions_repair_errors() -> None:
    """They are joined; those of warnings are left out."""
    problems = (
        replace(PQ, instructions=Instructions(copies=("/opt/liba.so",))),
        replace(PQ, instructions=Instructions(ldconfig=True)),
        replace(WARNING, instructions=Instructions(copies=("/opt/libb.so",))),
    )
    assert repair_instructions(problems) == ("COPY --from=build /opt/liba.so /opt/liba.so", "RUN ldconfig")


def test_warnings_about_missing_needs_are_not_shown() -> None:
    """Nor those about foreign files; errors always are."""
    foreign, other = replace(WARNING, entry=FOREIGN_FILE), replace(WARNING, entry=OLDER_CPU)
    assert relevant_problems((PQ, WARNING, foreign, replace(foreign, error=True), other)) == (
        PQ,
        replace(foreign, error=True),
        other,
    )


def test_problems_that_only_an_older_cpu_has() -> None:
    """They are warnings; a warning on this CPU does not hide an error on the older one."""
    hidden, known = replace(PQ, subject="liba.so.1"), replace(PQ, subject="libb.so.1")
    problems = (hidden, known, replace(PQ, distribution="two"), replace(WARNING, subject="libw.so.1"))
    expected = replace(hidden, error=False, entry=OLDER_CPU, message="on older CPUs is missing")
    here = (known, replace(hidden, error=False), replace(PQ, distribution="two"))
    assert older_cpu_problems(problems, here) == (expected,)


def test_a_lock_without_the_images_target() -> None:
    """The problem is of the whole image, and names the targets that the lock has."""
    assert missing_target_problem(Lockfile(target=(target(id="debian-trixie-amd64"),)), scan_of()) == Problem(
        error=True,
        entry=NOT_LOCKED,
        distribution="",
        subject="debian-bookworm-amd64",
        message="the lock has no target for this system (debian-bookworm-amd64), only debian-trixie-amd64",
    )
