"""What a lock alone shows."""

from __future__ import annotations

import pytest

from builders.locked import locked, need, target
from pip_sysdeps.lock.document import LockedFile, LockedNeed, Unresolved
from pip_sysdeps.report.checks.locked import unowned_library, unresolved_import, unresolved_other
from pip_sysdeps.report.evidence import Issue

NOTHING = "nothing had it where the lock was made"


@pytest.mark.parametrize(
    ("unresolved", "imports", "others"),
    [
        (Unresolved(soname="liba.so.1", when="import"), [NOTHING], []),
        (Unresolved(soname="liba.so.1", when="plugin", plugin="*/m.so", note="nobody"), ["nobody"], []),
        (Unresolved(soname="liba.so.1", when="plugin"), [], [f"{NOTHING} (plugin)"]),
        (Unresolved(soname="liba.so.1", when="dlopen", note="nobody"), [], ["nobody (dlopen)"]),
    ],
)
def test_needs_without_an_answer(unresolved: Unresolved, imports: list[str], others: list[str]) -> None:
    """Their note says why; those of imports and chosen plugins are another finding than the others."""
    found = target(unresolved=(unresolved,))
    assert [each.message for each in unresolved_import(found)] == imports
    assert [each.message for each in unresolved_other(found)] == others


def test_files_to_copy() -> None:
    """Files of class `unowned` are copied; the loader does not search the folder of a program."""
    tool = LockedNeed(program="tool", class_="unowned", path="/opt/a/tool", when="exec", by=("m.so",), note="ours")
    library = need("liba.so.1", class_="unowned", path="/opt/a/liba.so.1")
    stray = LockedFile(file="x/stray.so", needs=(library, need("libcuda.so.1", class_="host")))
    assert [*unowned_library(target(locked("one", tool), unattributed=(stray,), library_path=("/opt/a",)))] == [
        Issue(
            message="no binary package owns /opt/a/tool; ours: `COPY --from=build /opt/a/tool /opt/a/tool`",
            subjects=("tool",),
            distribution="one",
            files=("m.so",),
        ),
        Issue(
            message="no binary package owns /opt/a/liba.so.1: `COPY --from=build /opt/a/liba.so.1 /opt/a/liba.so.1` "
            "and `ENV LD_LIBRARY_PATH=/opt/a`",
            subjects=("liba.so.1",),
        ),
    ]
