"""Test real distributions: the printed line is sufficient in a release root, and has no unneeded package."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.command import lock_of, pip_sysdeps
from builders.debian import SUITES, run_in
from builders.environments import VENV, build_root, from_wheels, of_devices
from builders.release_root import imports, release_root

if TYPE_CHECKING:
    from builders.environments import Project

pytestmark = [pytest.mark.debian, pytest.mark.network, pytest.mark.exhaustive]

BUILT = [
    pytest.param(describe(suite), id=f"{describe.__name__}-{suite}")
    for describe in (from_wheels, of_devices)
    for suite in SUITES
]


@pytest.mark.parametrize("project", BUILT)
def test_the_printed_line_is_enough_and_not_too_much(project: Project, tmp_path: Path) -> None:
    """What imports in the build root imports in the release root; each package has a file that some ELF file needs.

    Needs that no ELF file states are in the line too, and have judges of their own.
    """
    built = build_root(project)
    target = lock_of(built, VENV, tmp_path)
    line = pip_sysdeps("apt-line", "--target", target["id"], cwd=tmp_path).stdout.split()
    release = release_root(tmp_path / "release", project.suite, built, line)

    before, after = imports(built), imports(release)
    assert after.keys() == before.keys()
    assert {key: error for key, error in after.items() if error and not before[key]} == {}
    unresolved = {entry.get("soname") for entry in target.get("unresolved", ())}
    lacking = {error for error in after.values() if "cannot open shared object file" in error}
    assert {error.removeprefix("ImportError: ").partition(":")[0] for error in lacking} <= unresolved

    needed = needed_names(built)
    stated = pip_sysdeps("apt-line", "--target", target["id"], "--when", "import", cwd=tmp_path).stdout.split()
    idle = [package for package in stated if not needed & files_of(release, package)]
    assert idle == []


def needed_names(built: Path) -> set[str]:
    """Return every name in a DT_NEEDED of the environment, as readelf reads it."""
    files = [str(path) for path in (built / VENV.lstrip("/")).rglob("*") if path.is_file() and not path.is_symlink()]
    listed = subprocess.run(
        ["xargs", "-0", "readelf", "--dynamic", "--wide"],
        input="\0".join(files),
        capture_output=True,
        text=True,
        check=False,
    )
    return {row.partition("[")[2].rstrip("]") for row in listed.stdout.splitlines() if "(NEEDED)" in row}


def files_of(root: Path, package: str) -> set[str]:
    """Return the names of a package's files, as dpkg lists them."""
    return {Path(row).name for row in run_in(root, ["dpkg-query", "--listfiles", package]).stdout.splitlines()}
