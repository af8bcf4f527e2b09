"""`diff REVISION` in a repository that somebody else has made: git runs nothing that it names."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from builders.checkout import commit_all, git

if TYPE_CHECKING:
    from pathlib import Path

    from builders.desk import Desk

PWNED = "pwned"
UNKNOWN = "2" * 40
"""A commit that no repository has."""


def config(folder: Path) -> str:
    """Return a configuration of a partial clone that names a program for each thing that git may run for a reader."""
    program = f"touch {folder / PWNED};false"
    return (
        "[core]\n\trepositoryformatversion = 1\n\tbare = false\n"
        f'\tfsmonitor = "{program}"\n\tsshCommand = "{program}"\n\tpager = "{program}"\n'
        f'\talternateRefsCommand = "{program}"\n'
        f"\thooksPath = {folder / 'hooks'}\n"
        "[extensions]\n\tpartialClone = origin\n"
        f'[remote "origin"]\n\turl = /\n\tpromisor = true\n\tuploadpack = "{program}"\n'
        '[protocol]\n\tallow = always\n[protocol "file"]\n\tallow = always\n[protocol "ext"]\n\tallow = always\n'
    )


def hooks(folder: Path) -> None:
    """Make hooks that leave a trace."""
    (folder / "hooks").mkdir()
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        (folder / "hooks" / name).write_text(f"#!/bin/sh\ntouch {folder / PWNED}\n")
        (folder / "hooks" / name).chmod(0o755)


@pytest.fixture
def checkout(desk: Desk, tmp_path: Path) -> Path:
    """Return a repository with a committed lock in `svc`."""
    folder = tmp_path / "checkout"
    (folder / "svc").mkdir(parents=True)
    desk.run_lock("-q")
    shutil.copy(desk.lock, folder / "svc" / "sysdeps.lock")
    commit_all(folder)
    hooks(tmp_path)
    return folder


def embed(svc: Path, settings: str, main: str = UNKNOWN) -> None:
    """Make a folder of the work tree look like a bare repository, as a commit may: with files alone."""
    (svc / "objects").mkdir(exist_ok=True)
    (svc / "refs").mkdir(exist_ok=True)
    (svc / "HEAD").write_text("ref: refs/heads/main\n")
    (svc / "packed-refs").write_text(f"{main} refs/remotes/origin/main\n")
    (svc / "config").write_text(settings)


@pytest.mark.parametrize("revision", ["origin/main", "HEAD", UNKNOWN])
def test_an_embedded_bare_repository_is_refused(desk: Desk, checkout: Path, tmp_path: Path, revision: str) -> None:
    """Its configuration would name programs, and its objects would be what the lock is compared with."""
    embed(checkout / "svc", config(tmp_path) + "[core]\n\tworktree = .\n")
    result = desk.run("diff", revision, "--lock", str(checkout / "svc" / "sysdeps.lock"))
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"error: `{checkout / 'svc'}` looks like a bare git repository, which is not trusted")
    assert not (tmp_path / PWNED).exists()


def test_an_older_git_refuses_it_too(
    desk: Desk, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before 2.38 git does not know `safe.bareRepository`."""
    real = shutil.which("git")
    (tmp_path / "bin").mkdir()
    older = tmp_path / "bin" / "git"
    older.write_text(f'#!/bin/bash\nexec {real} "${{@//safe.bareRepository/safe.unknown}}"\n')
    older.chmod(0o755)
    monkeypatch.setenv("PATH", f"{older.parent}:/usr/bin:/bin")
    embed(checkout / "svc", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n")
    result = desk.run("diff", "HEAD", "--lock", str(checkout / "svc" / "sysdeps.lock"))
    assert (result.status, "looks like a bare git repository" in result.err) == (2, True)


@pytest.mark.parametrize("revision", ["origin/main", UNKNOWN, "HEAD:", ":/a", ":svc"])
def test_a_hostile_configuration_runs_nothing(desk: Desk, checkout: Path, tmp_path: Path, revision: str) -> None:
    """An unpacked tree may have such a configuration in its `.git`."""
    (checkout / ".git" / "config").write_text(config(tmp_path))
    (checkout / ".git" / "packed-refs").write_text(f"{UNKNOWN} refs/remotes/origin/main\n")
    result = desk.run("diff", revision, "--lock", str(checkout / "svc" / "sysdeps.lock"))
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"error: `{revision}` is neither a file nor a git revision here")
    assert not (tmp_path / PWNED).exists()


def test_the_configuration_is_hostile(checkout: Path, tmp_path: Path) -> None:
    """The user's own git runs the programs that it names."""
    (checkout / ".git" / "config").write_text(config(tmp_path))
    subprocess.run(["git", "rev-parse", f"{UNKNOWN}^{{commit}}"], cwd=checkout, capture_output=True, check=False)
    assert (tmp_path / PWNED).exists()


def test_a_partial_clone_without_the_lock(desk: Desk, checkout: Path, tmp_path: Path) -> None:
    """A lock that was not fetched is an error, not a missing lock."""
    lock = checkout / "svc" / "sysdeps.lock"
    blob = git(checkout, "rev-parse", "HEAD:svc/sysdeps.lock")
    (checkout / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (checkout / ".git" / "config").write_text(config(tmp_path))
    result = desk.run("diff", "HEAD", "--lock", str(lock))
    assert (result.status, result.out, result.err.splitlines()) == (
        2,
        "",
        [
            "error: this partial clone lacks `sysdeps.lock` of `HEAD`",
            "hint: run `git show REVISION:./FILE` once, which downloads it, then run this again",
        ],
    )
    assert not (tmp_path / PWNED).exists()


def test_a_revision_without_a_lock(desk: Desk, checkout: Path) -> None:
    """Every target is new, also if a folder has the lock's name."""
    git(checkout, "rm", "-q", "svc/sysdeps.lock")
    commit_all(checkout)
    for name in ("svc", "sysdeps.lock"):
        lock = checkout / name / "sysdeps.lock"
        lock.parent.mkdir(exist_ok=True)
        shutil.copy(desk.lock, lock)
        result = desk.run("diff", "HEAD", "--lock", str(lock))
        assert (result.status, "(the target was added)" in result.out) == (1, True)
