"""Compare the locks of five real projects on Debian 12 and 13 with measurements without this tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from packaging.utils import canonicalize_name

from builders.command import every_need, lock_of, pip_sysdeps
from builders.debian import SUITES, fresh_root
from builders.environments import VENV, build_root
from builders.release_root import imports, installed, release_root
from builders.truth import IN_NO_RECORD, PROJECTS, Truth, read_truth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.debian, pytest.mark.network]

IN_CI = ("p01-webapp", "bookworm")
"""Two sources of records, ELF files in none, libraries from source and from wheels: the richest for its time."""

MEASURED = [
    pytest.param(project, suite, marks=[] if (project, suite) == IN_CI else pytest.mark.exhaustive)
    for project in PROJECTS
    for suite in SUITES
]


def elf_needs(holder: dict[str, Any], truth: Truth) -> Iterator[str]:
    """Yield the package of each need that an ELF file states, but those that no package of the build root has."""
    for need in every_need(holder):
        if need["when"] in {"import", "plugin"} and need.get("soname", "") not in truth.missing and "package" in need:
            yield need["package"]


@pytest.mark.parametrize(("name", "suite"), MEASURED)
def test_each_distribution_needs_the_packages_that_were_measured(name: str, suite: str, tmp_path: Path) -> None:
    """A distribution's packages are the owners of its files' DT_NEEDED outside the environment, libc aside."""
    truth = read_truth(name, suite)
    target = lock_of(build_root(truth.project), VENV, tmp_path)
    locked = {found["name"]: frozenset(elf_needs(found, truth)) for found in target.get("distribution", ())}
    unattributed = target.get("unattributed", ())
    locked[IN_NO_RECORD] = frozenset(package for file in unattributed for package in elf_needs(file, truth))
    expected = {name: owners - {"libc6"} for name, owners in truth.owners_of_needed.items()}
    assert {name: packages for name, packages in locked.items() if packages} == {
        name: owners for name, owners in expected.items() if owners
    }


@pytest.mark.parametrize(("name", "suite"), MEASURED)
def test_the_lock_lists_what_the_release_root_lacks(name: str, suite: str, tmp_path: Path) -> None:
    """Without the packages of minbase and python3, the locked packages are the measured ones."""
    truth = read_truth(name, suite)
    target = lock_of(build_root(truth.project), VENV, tmp_path)
    holders = [*target.get("distribution", ()), *target.get("unattributed", ())]
    packages = {package for holder in holders for package in elf_needs(holder, truth)}
    assert packages - installed(fresh_root(tmp_path / "release", suite)) == truth.owners_of_needed_not_in_base
    named = {need.get("soname") for holder in holders for need in every_need(holder) if "package" in need}
    unresolved = {entry.get("soname") for entry in target.get("unresolved", ())}
    assert truth.missing <= named | unresolved


@pytest.mark.parametrize(("name", "suite"), MEASURED)
def test_the_printed_line_makes_the_release_root_work(name: str, suite: str, tmp_path: Path) -> None:
    """With the line installed, what imports in the build root imports in a fresh release root."""
    truth = read_truth(name, suite)
    built = build_root(truth.project)
    target = lock_of(built, VENV, tmp_path)
    line = pip_sysdeps("apt-line", "--target", target["id"], cwd=tmp_path).stdout.split()
    release = release_root(tmp_path / "release", suite, built, line)
    before, after = imports(built), imports(release)
    assert after.keys() == before.keys()
    broken = {key: error for key, error in after.items() if error and not before[key]}
    assert broken == {}
    failing = {distribution for (distribution, _, _), error in after.items() if error}
    assert failing <= {canonicalize_name(reason.partition(":")[0]) for reason in truth.fails_for_other_reasons}
    unresolved = {entry.get("soname") for entry in target.get("unresolved", ())}
    lacking = {error for error in after.values() if "cannot open shared object file" in error}
    assert {error.removeprefix("ImportError: ").partition(":")[0] for error in lacking} <= unresolved
