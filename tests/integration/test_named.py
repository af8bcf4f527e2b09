"""What is needed by name, held against the real use of real distributions in a release root of Debian 12."""

from __future__ import annotations

import pytest

from builders.named import Case, cases, tried

pytestmark = [pytest.mark.debian, pytest.mark.network]

SHORT = ("python-magic", "python-gnupg")
"""A library and a program, in CI."""


def _mark(case: Case) -> object:
    marks = [] if case.name in SHORT else [pytest.mark.exhaustive]
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [_mark(case) for case in cases()])
def test_the_line_makes_the_use_work(case: Case) -> None:
    """The use fails in the release root as it is, and passes with what the lock's line installs."""
    outcome = tried(case)
    assert outcome.before
    assert not outcome.after
    assert case.needs <= {*outcome.line}
