"""Needs without an answer, or that no package installs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.evidence import troubles
from builders.facts import distribution, scan_of
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.model.needs import DistributionNeeds, FromPackage, Missing, Need, Unowned, Unreachable, When
from pip_sysdeps.report.evidence import Evidence, Issue

if TYPE_CHECKING:
    from pip_sysdeps.model.needs import Provider

M = "/env/site/one/m.so"
INSIDE = "/env/site/two/liba.so.1"
REACH = '`library-path = ["/env/site/two"]` in pyproject.toml with `ENV LD_LIBRARY_PATH=/env/site/two` in the image'


def evidence(*needs: Need) -> Evidence:
    """Return an environment in which one distribution has these needs."""
    one = DistributionNeeds(distribution=distribution("one", M), needs=needs, vendored=(), glibc="")
    return Evidence(scan=scan_of(one))


def library(provider: Provider, when: When = When.IMPORT, *, plugin: str = "", optional: bool = False) -> Need:
    """Return a need of a library."""
    return Need(soname="liba.so.1", when=when, by=(M,), provider=provider, plugin=plugin, optional=optional)


UNREACHABLE = Unreachable(distribution="two", path=INSIDE)
OUTSIDE = "found in /env/site/two/liba.so.1 of two, where the loader does not search"


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        (library(Missing()), {"SD001": "not found"}),
        (library(Missing(note="no package has it")), {"SD001": "no package has it"}),
        (library(Missing(), When.PLUGIN, plugin="*/m.so"), {"SD001": "not found"}),
        (library(Missing(), When.PLUGIN), {"SD002": "not found (plugin)"}),
        (library(Missing(), optional=True), {"SD002": "not found (import)"}),
        (library(UNREACHABLE), {"SD004": f"{OUTSIDE}: {REACH} reaches it"}),
        (library(UNREACHABLE, When.DLOPEN), {"SD002": f"{OUTSIDE} (dlopen)"}),
        (library(UNREACHABLE, optional=True), {"SD002": f"{OUTSIDE} (import)"}),
        (
            library(UNREACHABLE._replace(distribution="", package="liba1"), When.PLUGIN),
            {
                "SD002": f"{OUTSIDE.replace('of two', 'of the environment')}; "
                "liba1 has a library with this name (plugin)"
            },
        ),
        (library(FromPackage(package="liba1", path="")), {}),
    ],
)
def test_a_need_without_an_answer_has_one_finding(need: Need, expected: dict[str, str]) -> None:
    """An error where an import or a chosen plugin fails without it, otherwise a note."""
    subject = evidence(need)
    found = {code: trouble.message for code in ("SD001", "SD002", "SD004") for trouble in troubles(code, subject)}
    assert found == expected


def test_what_the_policy_decides_is_no_finding() -> None:
    """A need that the policy decides is not reported."""
    subject = replace(evidence(library(Missing())), decided_by_policy=frozenset({("one", "liba.so.1")}))
    assert troubles("SD001", subject) == []


@pytest.mark.parametrize(
    ("need", "subject", "message"),
    [
        (
            library(Unowned(path="/opt/a/liba.so.1", package="liba1")),
            "liba.so.1",
            (
                "no binary package owns /opt/a/liba.so.1; liba1 has a library with this name: "
                "`COPY --from=build /opt/a/liba.so.1 /opt/a/liba.so.1` and "
                "`RUN printf '%s\\n' /opt/a > /etc/ld.so.conf.d/copied.conf && ldconfig`"
            ),
        ),
        (
            Need(program="tool", when=When.EXEC, by=(M,), provider=Unowned(path="/opt/a/tool")),
            "tool",
            "no binary package owns /opt/a/tool: `COPY --from=build /opt/a/tool /opt/a/tool`",
        ),
    ],
)
def test_a_file_that_no_package_owns_is_copied(need: Need, subject: str, message: str) -> None:
    """The loader is made to search a library's folder; it does not look for programs."""
    assert troubles("SD003", evidence(need)) == [
        Issue(message=message, subjects=(subject,), distribution="one", files=(M,))
    ]


def test_names_that_only_a_run_makes_are_one_finding_for_each_kind_of_a_distribution() -> None:
    """With all of its files; a file that no RECORD lists has no distribution."""
    library, program = (
        f"{does} by a name that is computed at run time" for does in ("opens a library", "runs a program")
    )
    skipped = [
        Skipped(path=path, verdict=verdict, reason=reason)
        for path, verdict, reason in (
            (M, Verdict.UNKNOWN_NAME, library),
            (M, Verdict.UNKNOWN_NAME, program),
            ("/env/site/stray.py", Verdict.UNKNOWN_NAME, library),
            ("/env/site/long.py", Verdict.TOO_LONG, ""),
        )
    ]
    subject = evidence()
    subject = replace(subject, scan=subject.scan._replace(skipped=tuple(skipped)))
    assert troubles("SD032", subject) == [
        Issue(message=f"{library}, so it is unknown which", files=("/env/site/stray.py",)),
        Issue(message=f"{library}, so it is unknown which", distribution="one", files=(M,)),
        Issue(message=f"{program}, so it is unknown which", distribution="one", files=(M,)),
    ]


def test_plugins_that_the_line_leaves_out_are_of_who_needs_their_library() -> None:
    """A package that only the policy adds is of nobody."""
    subject = replace(
        evidence(library(FromPackage(package="liba1", path=""))),
        omitted_plugins={"liba1": ("liba1-plugins",), "libb1": ("b-one", "b-two")},
    )
    message = (
        "lacks plugins or data: {} not in the install line: `pip-sysdeps policy add {} --distribution {} --reason TEXT`"
    )
    assert troubles("SD033", subject) == [
        Issue(message=message.format("b-one, b-two are", "b-one b-two", "NAME"), subjects=("libb1",)),
        Issue(
            message=message.format("liba1-plugins is", "liba1-plugins", "one"), subjects=("liba1",), distribution="one"
        ),
    ]
