"""The GitHub action: its steps on real checkouts, environments and locks; only GitHub's API is a stand-in."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.checkout import PROJECT, commit_all, git
from builders.elf import Elf
from builders.github import TOKEN, Comment, Runner
from builders.pip_env import write_wheel

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.network

CURRENT = "<!-- pip-sysdeps sysdeps.lock -->\n`sysdeps.lock` is what the environment needs.\n\n"


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return RUNNER_TEMP, where the first run installs pip-sysdeps."""
    return tmp_path_factory.mktemp("runner")


@pytest.fixture
def runner(temporary: Path, tmp_path: Path) -> Runner:
    """Return a runner with a shallow checkout of a pull request that adds a distribution and locks it."""
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
    return Runner(folder=temporary, checkout=tmp_path / "checkout")


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
    assert "warning: native 1.0 is locked, but is not installed or needs nothing" in said
    assert "::error file=sysdeps.lock::sysdeps.lock is stale" in said
    (comment,) = runner.comments
    assert "**`sysdeps.lock` is stale.** Run `pip-sysdeps lock` and commit it" in comment
    assert "- libgomp1 because native 1.0 was removed" in comment


@pytest.mark.skipif(os.geteuid() != 0, reason="run as root: in a container, the checkout is another user's")
def test_a_checkout_of_another_user(runner: Runner) -> None:
    """As in a container job, where git refuses a repository that is not root's own."""
    subprocess.run(["chown", "-R", "1001:1001", runner.checkout], check=True)
    succeeded, said = runner.run()
    assert succeeded, said
    assert "+ libgomp1 because native 1.0" in runner.summary


def test_a_base_that_cannot_be_fetched(runner: Runner) -> None:
    """A checkout without credentials, or without git: the check counts, and the summary says what is not known."""
    git(runner.checkout, "remote", "remove", "origin")
    succeeded, said = runner.run()
    assert succeeded, said
    unknown = "What this pull request changes in `sysdeps.lock` is not known: git could not fetch its base.\n"
    assert runner.summary == CURRENT + unknown
    assert runner.comments == []


def test_two_projects_in_one_repository(runner: Runner) -> None:
    """Each has a comment of its own, and is named by its folder."""
    folder = runner.checkout / "services" / "web"
    folder.mkdir(parents=True)
    (folder / "sysdeps.lock").write_bytes((runner.checkout / "sysdeps.lock").read_bytes())
    options = {"working-directory": "services/web", "python": "../../.venv"}
    for _ in range(2):
        assert runner.run()[0]
        assert runner.run(**options)[0]
    assert [comment.splitlines()[0] for comment in runner.comments] == [
        "<!-- pip-sysdeps sysdeps.lock -->",
        "<!-- pip-sysdeps services/web/sysdeps.lock -->",
    ]
    pip(runner.checkout, "uninstall", "-y", "native")
    assert "::error file=services/web/sysdeps.lock::services/web/sysdeps.lock is stale" in runner.run(**options)[1]


def test_a_comment_of_somebody_else(runner: Runner) -> None:
    """A comment of another user with our first line is left alone: its author could change it."""
    strange = Comment(f"{CURRENT}Nothing to see here", kind="User", association="CONTRIBUTOR")
    runner.api.comments.append(strange)
    assert runner.run()[0]
    assert strange.body == f"{CURRENT}Nothing to see here"
    assert len(runner.comments) == 1


def test_more_than_a_comment_may_hold(runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub refuses a comment that is too long, so the comment says where the changes are."""
    text = "<!-- pip-sysdeps a -->\n" + "+ libgomp1\n" * 7000
    (tmp_path / "long.md").write_text(text)
    for name, value in (("API_URL", runner.api.url), ("REPOSITORY", "acme/app"), ("TOKEN", TOKEN)):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    subprocess.run([sys.executable, PROJECT / "tools" / "comment.py", tmp_path / "long.md", "7"], check=True)
    (comment,) = runner.comments
    told = "What changes is longer than a comment may be: the job's summary has it.\n"
    assert comment == f"<!-- pip-sysdeps a -->\n{told}"


def test_a_bare_repository_in_the_pull_request(runner: Runner, tmp_path: Path) -> None:
    """A commit may have these files: git neither runs what they name nor trusts them about the base."""
    folder = runner.checkout / "services" / "web"
    folder.mkdir(parents=True)
    (folder / "sysdeps.lock").write_bytes((runner.checkout / "sysdeps.lock").read_bytes())
    for name in ("objects", "refs"):
        (folder / name).mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    program = f"touch {tmp_path / 'pwned'};false"
    (folder / "config").write_text(
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n"
        f'[remote "origin"]\n\turl = /\n\tuploadpack = "{program}"\n'
    )
    succeeded, said = runner.run(**{"working-directory": "services/web", "python": "../../.venv"})
    assert not succeeded
    assert "looks like a bare git repository, which is not trusted" in said
    assert not (tmp_path / "pwned").exists()


def test_without_a_comment(runner: Runner) -> None:
    """On a push, without the input, and from a fork, the changes are in the summary."""
    assert runner.run(event="push")[0]
    assert runner.summary == CURRENT
    assert runner.run(comment="false")[0]
    assert "+ libgomp1" in runner.summary
    succeeded, said = runner.run(token="read-only")  # noqa: S106 - no secret
    assert succeeded
    assert "::warning::the comment on the pull request could not be written" in said
    assert runner.comments == []


def test_trouble(runner: Runner) -> None:
    """A lock that is missing, or an environment, is an error of the action."""
    succeeded, said = runner.run(python="nowhere")
    assert not succeeded
    assert "error: no environment or interpreter at" in said


def test_the_file_is_an_action(tmp_path: Path) -> None:
    """`action.yml` is valid by the schema of GitHub's actions."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "judge"], check=True)
    subprocess.run([tmp_path / "judge" / "bin" / "pip", "install", "-q", "check-jsonschema"], check=True)
    judge = [str(tmp_path / "judge" / "bin" / "check-jsonschema"), "--builtin-schema", "vendor.github-actions"]
    done = subprocess.run([*judge, str(PROJECT / "action.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
