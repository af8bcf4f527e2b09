"""Reasons why one of two targets has a package that the other lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.locked import locked, need, target
from pip_sysdeps.lock.document import LockedBase, LockedFile, LockedNeed, LockedPackage, Unresolved
from pip_sysdeps.report.reasons import Sides, display_name, index_side, reasons

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import Target

PQ = need("libpq.so.5", "libpq5")
PG = locked("pg", PQ)
PLUGIN = replace(PQ, when="plugin")
DLOPEN = replace(PQ, when="dlopen", confidence="high")
TRIXIE = "debian-trixie-amd64"
OF_PG = " (libpq.so.5 of pg)"


def with_(*needs: LockedNeed, **changes: object) -> Target:
    """Return a target whose only distribution has these needs."""
    return target(replace(PG, needs=needs, **changes))  # type: ignore[arg-type] # fields of its own


def sides(having: Target, lacking: Target | None, *, is_added: bool, installed: dict[str, str] | None = None) -> Sides:
    """Return two targets as the sides of a package."""
    other = None if lacking is None else index_side(lacking)
    return Sides(with_package=index_side(having), without_package=other, is_added=is_added, installed=installed)


def both(having: Target, lacking: Target | None, holder: str = "pg") -> tuple[str, str]:
    """Return why libpq5 goes, and why it comes, because of the needs of one holder."""
    needs = [(name, each) for name, each in having.needs() if each.package == "libpq5" and name == holder]
    goes = reasons("libpq5", needs, sides(having, lacking, is_added=False))
    added = reasons("libpq5", needs, sides(having, lacking, is_added=True))
    return "; ".join(goes), "; ".join(added)


@pytest.mark.parametrize(
    ("lacking", "goes", "comes"),
    [
        (None, "pg 1.0 was removed", "pg 1.0 was added"),
        (target(), "pg 1.0 was removed", "pg 1.0 was added"),
        (with_(), "pg 1.0 no longer needs libpq.so.5", "pg 1.0 needs libpq.so.5"),
        (with_(version="2.0"), "pg changed from 1.0 to 2.0", "pg changed from 2.0 to 1.0"),
        (with_(version=""), "pg changed from 1.0 to an editable install", "pg changed from an editable install to 1.0"),
        (
            with_(wheel="py3-none-any"),
            "pg 1.0 is py3-none-any, was without wheel",
            "pg 1.0 is without wheel, was py3-none-any",
        ),
        (with_(source="local"), "pg 1.0 is local, was without source", "pg 1.0 is without source, was local"),
        (
            replace(with_(), unresolved=(Unresolved(soname="libpq.so.5", when="import", distribution="pg"),)),
            f"nothing has it{OF_PG}",
            f"nothing had it{OF_PG}",
        ),
        (
            replace(
                with_(),
                unresolved=(
                    Unresolved(soname="libpq.so.5", when="import", distribution="other"),
                    Unresolved(soname="libz.so.1", when="import", distribution="pg"),
                ),
            ),
            "pg 1.0 no longer needs libpq.so.5",
            "pg 1.0 needs libpq.so.5",
        ),
        (with_(need("libpq.so.5", "libpq6")), f"it is replaced by libpq6{OF_PG}", f"it replaces libpq6{OF_PG}"),
        (
            with_(need("libpq.so.5", class_="unowned", path="/opt/libpq.so.5")),
            f"/opt/libpq.so.5, which no package owns, is found now{OF_PG}",
            f"/opt/libpq.so.5, which no package owns, was found before{OF_PG}",
        ),
        (
            with_(need("libpq.so.5", class_="distribution", distribution="pg-libs")),
            f"pg-libs provides it{OF_PG}",
            f"pg-libs no longer provides it{OF_PG}",
        ),
        (
            with_(need("libpq.so.5", class_="host")),
            f"the host provides it{OF_PG}",
            f"the host no longer provides it{OF_PG}",
        ),
        (
            with_(need("libpq.so.5", class_="later")),
            f"something else provides it{OF_PG}",
            f"something else no longer provides it{OF_PG}",
        ),
        (
            replace(with_(), package=(LockedPackage(name="libpq5", base=True),)),
            f"every image has it{OF_PG}",
            f"every image no longer has it{OF_PG}",
        ),
        (
            replace(with_(), id=TRIXIE, package=(LockedPackage(name="libpq5", base=True),)),
            f"every image of {TRIXIE} has it{OF_PG}",
            f"every image of {TRIXIE} has it{OF_PG}",
        ),
        (
            replace(with_(), id=TRIXIE),
            f"pg 1.0 does not need libpq.so.5 on {TRIXIE}",
            f"pg 1.0 does not need libpq.so.5 on {TRIXIE}",
        ),
        (
            with_(PLUGIN),
            f"it is needed for a plugin, was for an import{OF_PG}",
            f"it is needed for an import, was for a plugin{OF_PG}",
        ),
        (
            with_(DLOPEN, version="2.0"),
            f"pg changed from 1.0 to 2.0: it is needed for dlopen, was for an import{OF_PG}",
            f"pg changed from 2.0 to 1.0: it is needed for an import, was for dlopen{OF_PG}",
        ),
        (
            with_(replace(PQ, confidence="medium")),
            f"the confidence that it is needed is medium, was full{OF_PG}",
            f"the confidence that it is needed is full, was medium{OF_PG}",
        ),
        (with_(PQ, when=("exec",)), f"`when` is exec, was default{OF_PG}", f"`when` is default, was exec{OF_PG}"),
        (
            replace(with_(PQ), when=("exec",)),
            f"`when` is exec, was default{OF_PG}",
            f"`when` is default, was exec{OF_PG}",
        ),
        (with_(PQ, version="2.0"), f"pg changed from 1.0 to 2.0{OF_PG}", f"pg changed from 2.0 to 1.0{OF_PG}"),
        (with_(PQ), f"pg 1.0 no longer needs libpq.so.5{OF_PG}", f"pg 1.0 needs libpq.so.5{OF_PG}"),
    ],
)
def test_the_answer_of_the_other_side_is_the_reason(lacking: Target | None, goes: str, comes: str) -> None:
    """Answers to the same need of the same distribution are compared, in both directions."""
    assert both(with_(PQ), lacking) == (goes, comes)


@pytest.mark.parametrize(
    ("having", "lacking", "goes", "comes"),
    [
        (
            PQ,
            need("libpq.so.5", class_="ignored", policy=True, note="bundled"),
            f"the policy ignores it: bundled{OF_PG}",
            f"the policy no longer ignores it{OF_PG}",
        ),
        (
            PQ,
            need("libpq.so.5", "libpq6", policy=True, note="ours"),
            f"the policy replaces it with libpq6: ours{OF_PG}",
            f"the policy no longer replaces it with libpq6{OF_PG}",
        ),
        (
            replace(PQ, policy=True),
            need("libpq.so.5", "libpq6"),
            f"the policy no longer replaces libpq6 with it{OF_PG}",
            f"the policy replaces libpq6 with it{OF_PG}",
        ),
        (
            replace(PQ, policy=True, note="ours"),
            need("libpq.so.5", class_="unowned", path="/opt/libpq.so.5"),
            f"the policy no longer uses it for an unresolved need{OF_PG}",
            f"the policy uses it for an unresolved need: ours{OF_PG}",
        ),
        (
            replace(PQ, policy=True),
            None,
            f"the policy no longer adds it{OF_PG}",
            f"the policy adds it{OF_PG}",
        ),
        (
            replace(PQ, policy=True),
            PLUGIN,
            f"the policy no longer adds it{OF_PG}",
            f"the policy adds it{OF_PG}",
        ),
        (
            replace(PLUGIN, plugin="*/m.so"),
            PLUGIN,
            f"the plugin */m.so is no longer chosen{OF_PG}",
            f"the plugin */m.so is chosen{OF_PG}",
        ),
        (
            PQ,
            replace(PQ, when="exec", policy=True),
            f"it is needed for exec, was for an import{OF_PG}",
            f"it is needed for an import, was for exec{OF_PG}",
        ),
        (
            replace(PQ, policy=True),
            replace(PQ, when="exec", policy=True),
            f"it is needed for exec, was for an import{OF_PG}",
            f"it is needed for an import, was for exec{OF_PG}",
        ),
        (
            replace(PLUGIN, plugin="*/m.so"),
            None,
            "pg 1.0 no longer needs libpq.so.5",
            "pg 1.0 needs libpq.so.5",
        ),
        (
            replace(PLUGIN, plugin="*/m.so"),
            PQ,
            f"it is needed for an import, was for a plugin{OF_PG}",
            f"it is needed for a plugin, was for an import{OF_PG}",
        ),
    ],
)
def test_a_decision_of_one_side_is_the_reason(
    having: LockedNeed, lacking: LockedNeed | None, goes: str, comes: str
) -> None:
    """The policy's entry, with its text where it is new, or the choice of a plugin."""
    assert both(with_(having), with_(*([lacking] if lacking else []))) == (goes, comes)


def test_what_both_sides_have_is_no_reason() -> None:
    """A base package of both, or the same `when` of the distribution and of the target."""
    base = (LockedPackage(name="libpq5", base=True),)
    having = replace(with_(PQ, when=("exec",)), package=base)
    lacking = replace(with_(PQ), when=("exec",), package=base)
    assert both(having, lacking)[0] == f"pg 1.0 no longer needs libpq.so.5{OF_PG}"


def test_the_same_need_is_found_by_any_of_its_names() -> None:
    """One that the policy decides counts first, then one of the same kind."""
    having = with_(replace(PQ, soname="", any_of=("libpq.so.5", "libpq.so.4")))
    name = " (libpq.so.5 or libpq.so.4 of pg)"
    others = (need("libz.so.1", "zlib1g"), need("libpq.so.4", "libpq4", "plugin"), need("libpq.so.5", "libpq6"))
    assert both(having, with_(*others))[0] == f"it is replaced by libpq6{name}"
    decided = need("libpq.so.4", "libpq3", "exec", policy=True)
    assert both(having, with_(*others, decided))[0] == f"the policy replaces it with libpq3{name}"


def test_needs_with_the_same_reason_share_a_message() -> None:
    """Each holder is named once; messages are sorted."""
    names = ("a", "b", "c")
    having = target(*(locked(name, PQ, replace(PQ, when="exec")) for name in names))
    lacking = target(*(locked(name, need("libpq.so.5", "libpq6")) for name in names[:2]))
    because = reasons("libpq5", having.needs(), sides(having, lacking, is_added=False))
    assert because == ("c 1.0 was removed", "it is replaced by libpq6 (libpq.so.5 of a, b)")


@pytest.mark.parametrize(
    ("installed", "is_added", "expected"),
    [
        ({"pg": "2.0"}, False, "pg changed from 1.0 to 2.0"),
        ({"pg": "1.0"}, False, "pg 1.0 no longer needs libpq.so.5"),
        ({"other": "1.0"}, False, "pg 1.0 was removed"),
        ({"pg": "2.0"}, True, "pg 1.0 was added"),
    ],
)
def test_a_distribution_without_needs_is_still_installed(
    installed: dict[str, str], is_added: bool, expected: str
) -> None:
    """The lock omits it; the environment of the later side has its version."""
    found = sides(with_(PQ), target(), is_added=is_added, installed=installed)
    assert reasons("libpq5", [("pg", PQ)], found) == (expected,)


def test_a_file_that_no_record_lists_is_its_own_name() -> None:
    """It has neither version nor wheel."""
    file = LockedFile(file="x/a.so", needs=(PQ,))
    other = LockedFile(file="x/b.so", base=(LockedBase(package="libpq5", sonames=("libpq.so.5",)),))
    having = target(unattributed=(file,))
    assert both(having, target(unattributed=(other,)), "x/a.so") == ("x/a.so was removed", "x/a.so was added")
    gone = Unresolved(soname="libpq.so.5", when="import")
    lacking = target(unattributed=(replace(file, needs=()),), unresolved=(gone,))
    assert both(having, lacking, "x/a.so")[0] == "nothing has it (libpq.so.5 of x/a.so)"
    assert (display_name(PG), display_name(file, "x/a.so"), display_name(replace(PG, version=""))) == (
        "pg 1.0",
        "x/a.so",
        "pg",
    )
