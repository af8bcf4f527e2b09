"""Files of an environment that are foreign or missing."""

from __future__ import annotations

import pytest

from builders.facts import distribution, load, scan_of
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.needs import DistributionNeeds, When
from pip_sysdeps.report.catalogue import FOREIGN_FILE, MISSING_FILE
from pip_sysdeps.report.image_files import foreign_files, missing_files
from pip_sysdeps.report.problems import Problem

FOREIGN, OWN = "/env/site/one/foreign.so", "/env/site/one/own.so"
BUILT, PURE = ("cp311-cp311-linux_x86_64", "py3-none-any"), ("py3-none-any",)


@pytest.mark.parametrize(
    ("tags", "when", "error"),
    [
        (BUILT, None, True),
        (BUILT, When.PLUGIN, True),
        (BUILT, When.IMPORT, False),
        (PURE, None, False),
        ((), None, False),
    ],
)
def test_a_foreign_file(tags: tuple[str, ...], when: When | None, error: bool) -> None:
    """An error if the wheel is built for a platform and no import loads an object of it."""
    one = distribution("one", FOREIGN, OWN, tags=tags)
    loads = (load(when, {OWN: ()}),) if when else ()
    scan = scan_of(DistributionNeeds(distribution=one, needs=(), vendored=(), glibc=""), loads=loads)
    skipped = (
        Skipped(path=FOREIGN, verdict=Verdict.FOREIGN_ARCHITECTURE, reason="for aarch64"),
        Skipped(path=OWN, verdict=Verdict.MALFORMED, reason="broken"),
    )
    assert [*foreign_files(scan._replace(skipped=skipped))] == [
        Problem(
            error=error,
            entry=FOREIGN_FILE,
            distribution="one",
            subject=FOREIGN,
            message=f"{FOREIGN} is for aarch64",
            files=(FOREIGN,),
        )
    ]


def test_a_foreign_file_of_nobody_stops_no_distribution() -> None:
    """It is a warning."""
    skipped = Skipped(path=FOREIGN, verdict=Verdict.FOREIGN_LIBC, reason="for musl")
    (problem,) = foreign_files(scan_of()._replace(skipped=(skipped,)))
    assert (problem.error, problem.distribution) == (False, "")


def test_missing_files_of_a_record_are_a_warning() -> None:
    """One for each distribution."""
    gone = ("/env/site/a.so", "/env/site/b.so")
    one, two = distribution("one", missing_objects=gone), distribution("two")
    scan = scan_of(*(DistributionNeeds(distribution=each, needs=(), vendored=(), glibc="") for each in (one, two)))
    assert [*missing_files(scan)] == [
        Problem(
            error=False,
            entry=MISSING_FILE,
            distribution="one",
            subject="/env/site/one-1.0.dist-info",
            message="files listed in its RECORD are missing",
            files=gone,
        )
    ]
