"""`pip-sysdeps diff`, as a person calls it, in a real git repository."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.schemas import check_schema
from builders.system import VENV
from pip_sysdeps.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from builders.command import Result

GOLDEN = Path(__file__).parents[1] / "golden" / "diff"
LOCK = Path("sysdeps.lock")


def git(*arguments: str, folder: Path | None = None) -> None:
    """Run git, in the current folder unless another is given, without the person's own settings."""
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="session")
def committed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commit the root's lock, and an older state of it before: without trees and psycopg2, and another imaging."""
    folder = tmp_path_factory.mktemp("repository")
    lock = folder / LOCK
    assert main(["lock", "--root", str(root), "--python", VENV, "-o", str(lock), "-q"]) == 0
    current = lock.read_text(encoding="utf-8")
    older = "".join(
        part
        for part in re.split(r"(?=^\[\[target\.distribution\]\]\n)", current, flags=re.MULTILINE)
        if not re.search(r'^name = "(?:trees|psycopg2)"', part, flags=re.MULTILINE)
    )
    older = re.sub(r'(?m)^    .*"(?:libgomp1|libpq5)".*\n', "", older)
    older = re.sub(r"(?ms)^unresolved = .*?^\]\n", "", older)
    older = older.replace('\nversion = "2.0"', '\nversion = "1.9"').replace(
        'needs-glibc = "2.99"', 'needs-glibc = "2.28"'
    )
    git("init", "--quiet", "--initial-branch=main", folder=folder)
    for text, message in ((older, "older"), (current, "current")):
        lock.write_text(text, encoding="utf-8")
        git("add", "sysdeps.lock", folder=folder)
        git("commit", "--quiet", "-m", message, folder=folder)
    return folder


@pytest.fixture
def repository(committed: Path, tmp_path: Path) -> None:
    """Copy the repository to where the commands run."""
    shutil.copytree(committed, tmp_path, dirs_exist_ok=True)


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("width", [80, 120])
def test_two_revisions(
    run: Callable[..., Result], same_as_committed: Callable[[Path, str], None], root: Path, width: int
) -> None:
    """Two revisions, or one and the working tree, are compared; sizes are shown on the target's system."""
    where = ("--root", str(root))
    result = run("diff", "HEAD~1", "HEAD", *where, width=width, environment=False)
    assert result.status == 1
    same_as_committed(GOLDEN / f"revisions.{width}.txt", result.out)
    assert run("diff", "HEAD~1", *where, width=width, environment=False) == result
    assert "  + libgomp1 (+819 kB) because trees 4.7.0 was added\n" in result.out


@pytest.mark.usefixtures("repository")
def test_markdown(run: Callable[..., Result], same_as_committed: Callable[[Path, str], None], root: Path) -> None:
    """The Markdown is for a comment on a pull request."""
    found = run("diff", "HEAD~1", "--format", "markdown", "--root", str(root), environment=False).out
    same_as_committed(GOLDEN / "diff.md", found)
    assert "\n+libgomp1 (+819 kB), for trees\n" in found
    nothing = run("diff", "--format", "markdown", environment=False)
    assert nothing == (0, "No system library changed.\n", "")


@pytest.mark.usefixtures("repository")
def test_json(run: Callable[..., Result], tmp_path: Path) -> None:
    """By the published schema; without sizes, as the root is of no known system."""
    document = json.loads(run("diff", "HEAD~1", "--json", "--root", str(tmp_path), environment=False).out)
    check_schema("diff", document)
    (target,) = document["targets"]
    assert target["packages"][0] == {
        "change": "added",
        "name": "libgomp1",
        "in_line": True,
        "because": ["trees 4.7.0 was added"],
        "for": ["trees"],
        "adds": None,
    }
    assert json.loads(run("diff", "--json", environment=False).out) == {"schema": 1, "targets": []}


@pytest.mark.usefixtures("repository")
def test_the_default_compares_with_head(run: Callable[..., Result]) -> None:
    """HEAD is compared with the lock in the working tree."""
    assert run("diff", environment=False) == (0, "", "")
    LOCK.write_text(LOCK.read_text(encoding="utf-8").replace('version = "2.9"', 'version = "2.8"'), encoding="utf-8")
    assert run("diff", environment=False).out.splitlines()[1:] == ["  distributions", "    ~ psycopg2 2.9 -> 2.8"]


@pytest.mark.usefixtures("repository")
def test_a_lock_and_the_environment(run: Callable[..., Result]) -> None:
    """The difference is what `lock` would change."""
    assert run("diff").status == 0
    git("checkout", "--quiet", "HEAD~1")
    result = run("diff")
    assert result.status == 1
    assert "  + libpq5 (+614 kB) because psycopg2 2.9 was added\n" in result.out


@pytest.mark.usefixtures("repository")
def test_two_locks_and_two_targets(run: Callable[..., Result]) -> None:
    """They are named by path and id."""
    text = LOCK.read_text(encoding="utf-8")
    other = text[text.index("[[target]]") :].replace("debian-bookworm-amd64", "debian-trixie-amd64")
    Path("two.lock").write_text(text + "\n" + other.replace('"libpq5"', '"libpq5t64"'), encoding="utf-8")
    assert (
        "debian-trixie-amd64 (the target was added)\n" in run("diff", "sysdeps.lock", "two.lock", environment=False).out
    )
    targets = ["--targets", "debian-bookworm-amd64", "debian-trixie-amd64"]
    assert run("diff", *targets, "--lock", "two.lock", "--root", ".", environment=False).out == (
        "debian-bookworm-amd64 and debian-trixie-amd64\n"
        "  to install\n"
        "    - libpq5 because it is replaced by libpq5t64 (libpq.so.5 of psycopg2)\n"
        "    + libpq5t64 because it replaces libpq5 (libpq.so.5 of psycopg2)\n"
    )
    assert run("diff", "--targets", "debian-bookworm-amd64", "debian-potato-amd64", environment=False).status == 2


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("what", ["nonsense", "--output=x", "HEAD~9", "HEAD:sysdeps.lock", ""])
def test_a_name_that_is_neither_lock_nor_revision(run: Callable[..., Result], what: str) -> None:
    """It is an error in one line; an option of git is not passed on."""
    result = run("diff", "--", what, environment=False)
    assert result.status == 2
    assert result.err.startswith("error: ")
    assert not Path("x").exists()


@pytest.mark.usefixtures("repository")
def test_a_revision_without_a_lock(run: Callable[..., Result]) -> None:
    """Every target is new."""
    git("rm", "--quiet", "--cached", "sysdeps.lock")
    git("commit", "--quiet", "-m", "without")
    result = run("diff", environment=False)
    assert result.status == 1
    assert result.err == "`HEAD` has no `sysdeps.lock`: everything counts as new\n"
    assert result.out.startswith("debian-bookworm-amd64 (the target was added)\n")


def test_in_a_repository_without_a_commit(run: Callable[..., Result]) -> None:
    """There is nothing to compare with yet."""
    assert run("lock").status == 0
    git("init", "--quiet")
    hint = "hint: commit the lock first, or name two locks"
    assert run("diff", environment=False) == (2, "", f"error: the git repository has no commit yet\n{hint}\n")


def test_outside_a_repository(run: Callable[..., Result]) -> None:
    """It is an error, because there is nothing to compare with."""
    assert run("lock").status == 0
    result = run("diff", environment=False)
    assert (result.status, result.out) == (2, "")
    assert "`HEAD` is neither a file nor a git revision here: not a git repository" in result.err
