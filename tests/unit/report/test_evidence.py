"""The input of the checks of `audit`."""

from __future__ import annotations

from builders.facts import distribution, elf, scan_of
from pip_sysdeps.model.needs import DistributionNeeds, Missing, Need, Unattributed, When
from pip_sysdeps.report.evidence import Evidence, Issue, issue_of_need, name_of

NEED = Need(soname="liba.so.1", when=When.IMPORT, by=("/env/site/m.so",), provider=Missing())
OTHER = NEED._replace(soname="libb.so.1")
ONE = DistributionNeeds(distribution=distribution("one", "m.so", "m.py"), needs=(NEED, OTHER), vendored=(), glibc="")


def test_needs_that_the_policy_decides_are_left_out() -> None:
    """By distribution and name; a file that no RECORD lists has an empty one."""
    scan = scan_of(ONE)._replace(unattributed=(Unattributed(file="/env/x.so", needs=(NEED,), glibc=""),))
    subject = Evidence(scan=scan, decided_by_policy=frozenset({("one", "liba.so.1"), ("", "libb.so.1")}))
    assert [*subject.undecided_needs()] == [("one", OTHER), ("", NEED)]


def test_the_objects_of_the_environment_are_its_own() -> None:
    """Each object has its distribution, or none; other files, and those of the system, are left out."""
    objects = {"/env/site/m.so": elf("liba.so.1"), "/env/x.so": elf(), "/lib/libc.so.6": elf()}
    scan = scan_of(ONE)._replace(objects=objects)
    scan = scan._replace(environment=scan.environment._replace(unclaimed=("/env/x.so", "/env/y")))
    assert [*Evidence(scan=scan).own_objects()] == [
        (ONE, "/env/site/m.so", elf("liba.so.1")),
        (None, "/env/x.so", elf()),
    ]


def test_a_problem_of_a_need() -> None:
    """Its subject is the need's name, its files those that have the need."""
    assert issue_of_need(name_of(ONE), NEED, "not found") == Issue(
        message="not found", subjects=("liba.so.1",), distribution="one", files=("/env/site/m.so",)
    )
    assert name_of(None) == ""
