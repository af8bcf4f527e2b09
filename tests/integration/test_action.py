"""The GitHub action: its steps on real checkouts, environments and locks; only GitHub's API is a stand-in."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.checkout import PROJECT, commit_all, git
from builders.elf import Elf
from builders.github import Runner
from builders.pip_env import write_wheel

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.network

CURRENT = "<!-- pip-sysdeps sysdeps.lock -->\n`sysdeps.lock` is what the environment needs.\n\n"


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """Give a runner with a shallow checkout of a pull request that adds a distribution and locks it."""
    write_wheel(tmp_path, "native", files={"native.abi3.so": Elf(needed=("libgomp.so.1", "libc.so.6")).build()})
    write_wheel(tmp_path, "alpha")
    origin = tmp_path / "origin"
    origin.mkdir()
    subprocess.run([sys.executable, "-m", "venv", origin / ".venv"], check=True)
    (origin / ".gitignore").write_text("/.venv\n")
    pip(origin, "install", "--no-index", "-f", str(tmp_path), "alpha")
    lock(origin)
    commit_all(origin)
    git(origin, "switch", "-q", "-c", "feature")
    pip(origin, "install", "--no-index", "-f", str(tmp_path), "native")
    lock(origin)
    commit_all(origin)
    git(tmp_path, "clone", "-q", "--depth=1", "--branch=feature", f"file://{origin}", "checkout")
    (tmp_path / "checkout" / ".venv").symlink_to(origin / ".venv")
    (tmp_path / "runner").mkdir()
    return Runner(folder=tmp_path / "runner", checkout=tmp_path / "checkout")


def pip(project: Path, *argv: str) -> None:
    """Change the project's environment."""
    subprocess.run([project / ".venv" / "bin" / "pip", "-q", *argv], check=True)


def lock(project: Path) -> None:
    """Run `pip-sysdeps lock` there."""
    subprocess.run([sys.executable, "-m", "pip_sysdeps", "-q", "lock", "--python", ".venv"], cwd=project, check=True)


def test_comments_on_what_a_pull_request_changes(runner: Runner) -> None:
    """One comment, kept up to date; the lock is current, then stale, and the action fails then."""
    succeeded, said = runner.run()
    assert succeeded, said
    (comment,) = runner.comments
    assert comment.startswith(f"{CURRENT}What this pull request changes in `sysdeps.lock`:\n")
    assert "+ libgomp1 because native 1.0" in comment
    assert runner.summary == comment
    pip(runner.checkout, "uninstall", "-y", "native")
    succeeded, said = runner.run()
    assert not succeeded
    assert "warning: native 1.0 is locked, and is not installed or needs nothing" in said
    assert "::error::sysdeps.lock is stale" in said
    (comment,) = runner.comments
    assert "**`sysdeps.lock` is stale.** Run `pip-sysdeps lock` and commit it" in comment
    assert "- libgomp1 because native 1.0 was removed" in comment


def test_without_a_comment(runner: Runner) -> None:
    """On a push, without the input, and from a fork, the summary says it."""
    assert runner.run(event="push")[0]
    assert runner.summary == CURRENT
    assert runner.run(comment="false")[0]
    assert "+ libgomp1" in runner.summary
    succeeded, said = runner.run(token="read-only")  # noqa: S106 - no secret
    assert succeeded
    assert "::warning::the comment on the pull request could not be written" in said
    assert runner.comments == []


def test_trouble(runner: Runner) -> None:
    """A lock that is not there, or an environment, is an error of the action."""
    succeeded, said = runner.run(python="nowhere")
    assert not succeeded
    assert "error: No environment or interpreter at" in said


def test_the_file_is_an_action(tmp_path: Path) -> None:
    """By the schema of GitHub's actions."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "judge"], check=True)
    subprocess.run([tmp_path / "judge" / "bin" / "pip", "install", "-q", "check-jsonschema"], check=True)
    judge = [str(tmp_path / "judge" / "bin" / "check-jsonschema"), "--builtin-schema", "vendor.github-actions"]
    done = subprocess.run([*judge, str(PROJECT / "action.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
