"""Test real projects that use libraries and programs by name: they work with the printed line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.command import lock_of, pip_sysdeps
from builders.debian import SUITES, run_in
from builders.environments import VENV, build_root
from builders.release_root import imports, release_root
from builders.used_projects import of_kernel, of_programs, of_sound

if TYPE_CHECKING:
    from pathlib import Path

    from builders.used_projects import UsedProject

pytestmark = [pytest.mark.debian, pytest.mark.network, pytest.mark.exhaustive]

USED = [
    pytest.param(describe(suite), id=f"{describe.__name__}-{suite}")
    for describe in (of_kernel, of_sound, of_programs)
    for suite in SUITES
]


def failing(root: Path, used: UsedProject) -> dict[str, str]:
    """Return the reason of each use that fails, by its distribution."""
    env = {"PYTHONDONTWRITEBYTECODE": "1"}
    done = {
        name: run_in(root, [f"{VENV}/bin/python", "-c", use], check=False, env=env) for name, use in used.uses.items()
    }
    return {name: result.stderr[-500:] for name, result in done.items() if result.returncode}


@pytest.mark.parametrize("used", USED)
def test_what_they_are_for_works_with_the_line(used: UsedProject, tmp_path: Path) -> None:
    """What imports in the build root also imports here, and each use works; without the line most uses fail."""
    built = build_root(used.project)
    target = lock_of(built, VENV, tmp_path)
    line = pip_sysdeps("apt-line", "--target", target["id"], cwd=tmp_path).stdout.split()
    bare = release_root(tmp_path / "bare", used.project.suite, built, ())
    release = release_root(tmp_path / "release", used.project.suite, built, line)

    assert len(failing(bare, used)) > len(used.uses) / 2
    assert failing(release, used) == {}
    before, after = imports(built), imports(release)
    assert after.keys() == before.keys()
    assert {key: error for key, error in after.items() if error and not before[key]} == {}
