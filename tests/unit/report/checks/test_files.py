"""Missing, foreign and overlapping files."""

from __future__ import annotations

from builders.evidence import troubles
from builders.facts import distribution, scan_of
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.needs import DistributionNeeds
from pip_sysdeps.report.evidence import Evidence, Issue

M = "/env/site/one/m.so"
ONE = distribution("one", M, missing_objects=("/env/site/a/libx.so", "/env/site/b/libx.so", "/env/site/liba.so"))


def test_skipped_files_are_sorted_by_their_verdict() -> None:
    """Each is of the distribution that has it; other verdicts are no findings."""
    skipped = tuple(
        Skipped(path=path, verdict=verdict, reason=verdict.value)
        for path in (M, "/env/site/stray.so")
        for verdict in (Verdict.OVERLAP, Verdict.FOREIGN_LIBC, Verdict.FOREIGN_ARCHITECTURE, Verdict.UNREADABLE)
    )
    one = DistributionNeeds(distribution=ONE, needs=(), vendored=(), glibc="")
    subject = Evidence(scan=scan_of(one)._replace(skipped=skipped))
    assert troubles("SD005", subject) == [
        Issue(message="overlap", files=("/env/site/stray.so",)),
        Issue(message="overlap", distribution="one", files=(M,)),
    ]
    assert [each.message for each in troubles("SD008", subject)] == ["foreign-architecture", "foreign-libc"] * 2


def test_missing_files_are_one_finding() -> None:
    """Its subjects are their names, each once."""
    nothing = DistributionNeeds(distribution=distribution("two", "two.py"), needs=(), vendored=(), glibc="")
    one = DistributionNeeds(distribution=ONE, needs=(), vendored=(), glibc="")
    assert troubles("SD020", Evidence(scan=scan_of(one, nothing))) == [
        Issue(
            message="listed in RECORD, but missing",
            subjects=("liba.so", "libx.so"),
            distribution="one",
            files=ONE.missing_objects,
        )
    ]
