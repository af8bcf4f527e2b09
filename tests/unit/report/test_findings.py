"""The choice and the order of the findings of `audit`."""

from __future__ import annotations

import pytest

from builders.evidence import evidence
from builders.facts import distribution, elf, scan_of
from builders.locked import locked, need, target
from pip_sysdeps.lock.document import Unresolved
from pip_sysdeps.model.needs import DistributionNeeds, Missing, Need, When
from pip_sysdeps.report.catalogue import RELATIVE_SEARCH_PATH, UNOWNED_LIBRARY, UNRESOLVED_IMPORT, UNRESOLVED_OTHER
from pip_sysdeps.report.evidence import Evidence, Issue
from pip_sysdeps.report.findings import CHECKS, Finding, findings, findings_of_lock, selects_checks


def unresolved(soname: str, when: When = When.IMPORT, by: str = "/env/site/m.so") -> Need:
    """Return a need that nothing answers."""
    return Need(soname=soname, when=when, by=(by,), provider=Missing())


def needing(name: str, *needs: Need) -> DistributionNeeds:
    """Return a distribution with these needs."""
    return DistributionNeeds(
        distribution=distribution(name, f"{name}/m.so", tags=()), needs=needs, vendored=(), glibc=""
    )


TWO = needing("two", unresolved("libb.so.1"), unresolved("liba.so.1", by="/env/site/l.so"))
ONE = needing("one", unresolved("libp.so.1", When.PLUGIN), unresolved("libz.so.1"))
SUBJECT = Evidence(scan=scan_of(TWO, ONE)._replace(objects={"/env/site/one/m.so": elf(runpath="lib")}))
IN_ONE = Finding(
    entry=UNRESOLVED_IMPORT,
    issue=Issue(message="not found", subjects=("libz.so.1",), distribution="one", files=("/env/site/m.so",)),
)
IN_TWO = Finding(
    entry=UNRESOLVED_IMPORT,
    issue=Issue(
        message="not found",
        subjects=("liba.so.1", "libb.so.1"),
        distribution="two",
        files=("/env/site/l.so", "/env/site/m.so"),
    ),
)
OF_PLUGIN = Finding(
    entry=UNRESOLVED_OTHER,
    issue=Issue(message="not found (plugin)", subjects=("libp.so.1",), distribution="one", files=("/env/site/m.so",)),
)
OF_PATH = Finding(
    entry=RELATIVE_SEARCH_PATH,
    issue=Issue(
        message="relative to the current directory: whoever can write there controls what is loaded",
        subjects=("lib",),
        distribution="one",
        files=("/env/site/one/m.so",),
    ),
)


def test_the_worst_come_first() -> None:
    """Findings are sorted by severity, then by distribution; a repeated problem is one finding."""
    assert findings(SUBJECT) == (IN_ONE, IN_TWO, OF_PATH, OF_PLUGIN)


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        (["SD001"], [], (IN_ONE, IN_TWO)),
        (["SD00"], ["SD002"], (IN_ONE, IN_TWO, OF_PATH)),
        (["SD001:two", "SD009"], [], (IN_TWO, OF_PATH)),
        ([], ["SD:one"], (IN_TWO,)),
        (["SD001"], ["SD001"], ()),
    ],
)
def test_findings_are_chosen_by_code_and_distribution(
    select: list[str], ignore: list[str], expected: tuple[Finding, ...]
) -> None:
    """The beginning of a code stands for all that begin so; `ignore` wins."""
    assert findings(SUBJECT, select=select, ignore=ignore) == expected


def test_a_lock_alone_has_some_of_the_findings() -> None:
    """Needs without an answer, and files to copy."""
    gone = Unresolved(soname="libgone.so.1", when="import", distribution="one", by=("m.so",), note="nobody has it")
    copied = need("liba.so.1", class_="unowned", path="/opt/a/liba.so.1")
    found = findings_of_lock(target(locked("one", copied), unresolved=(gone,), library_path=("/opt/a",)))
    assert found == (
        Finding(
            entry=UNRESOLVED_IMPORT,
            issue=Issue(message="nobody has it", subjects=("libgone.so.1",), distribution="one", files=("m.so",)),
        ),
        Finding(
            entry=UNOWNED_LIBRARY,
            issue=Issue(
                message="no binary package owns /opt/a/liba.so.1: `COPY --from=build /opt/a/liba.so.1 "
                "/opt/a/liba.so.1` and `ENV LD_LIBRARY_PATH=/opt/a`",
                subjects=("liba.so.1",),
                distribution="one",
            ),
        ),
    )
    assert findings_of_lock(target(unresolved=(gone,)), ignore=["SD001"]) == ()


@pytest.mark.parametrize("text", ["SD001", "SD0", "SD", "SD010:shapely"])
def test_names_of_checks(text: str) -> None:
    """A code, the beginning of one, and one distribution's."""
    assert selects_checks(text)
    assert not any(map(selects_checks, (text.lower(), f"x{text}", "SD9", "SD001:", "")))


def test_every_check_is_silent_about_nothing() -> None:
    """An environment without objects has no findings."""
    assert findings(evidence({})) == ()
    assert len(CHECKS) == 25
