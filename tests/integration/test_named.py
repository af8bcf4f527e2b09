"""What is needed by name, held against the real use of real distributions in a release root of Debian 12."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.debian import debian_root
from builders.named import (
    SUITE,
    Case,
    cases,
    install_line,
    installed,
    locked,
    offered_packages,
    overlay,
    package_lists,
    tried,
    used,
)

if TYPE_CHECKING:
    from pathlib import Path

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


def verified(root: Path) -> tuple[int, str]:
    """Return the status of `verify` on the distributions of a root, and what it prints."""
    options = ["--root", str(root), "--path", "/opt/case", "--lock", str(locked(root))]
    done = subprocess.run(
        [sys.executable, "-m", "pip_sysdeps", "verify", *options], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("pyzbar", True),
        pytest.param("python-magic", False, marks=pytest.mark.exhaustive),
        pytest.param("python-gnupg", False, marks=pytest.mark.exhaustive),
    ],
)
def test_verify_says_before_the_use_fails(name: str, asks: bool) -> None:
    """What is not there, and the command that repairs it; then that find_library cannot work, if nothing else is tried.

    python-magic tries the file name of the library too, and a program is nothing of find_library's.
    """
    case = next(each for each in cases() if each.name == name)
    with overlay(package_lists(), debian_root(SUITE, "release"), distributions=installed(case)) as root:
        status, text = verified(root)
        assert (status, "[missing]" in text) == (1, True)
        assert used(root, case)
        install_line(root, text.splitlines()[-1].partition("Pattern-Only=true ")[2].split())
        assert verified(root) == (0, "")
        assert not used(root, case)

        (root / "usr/sbin/ldconfig").unlink()
        status, text = verified(root)
        assert (status == 1, "[find-library]" in text, bool(used(root, case))) == (asks, asks, asks)


MOST_OFFERED = 10


@pytest.mark.exhaustive
def test_few_packages_are_offered_that_no_case_takes() -> None:
    """Programs have the names of ordinary words: of all cases together only a few packages are offered in vain."""
    vain: set[str] = set()
    for case in cases():
        with overlay(debian_root(SUITE, "release"), distributions=installed(case)) as root:
            vain |= offered_packages(root) - case.needs - case.also
    assert len(vain) <= MOST_OFFERED, sorted(vain)
