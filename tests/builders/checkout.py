"""The project itself, as somebody else's git sees it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SHIPPED = ("src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
"""What an installation from git takes."""

AUTHOR = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "A. Tester"), ("EMAIL", "tester@example.org"))
}


def git(folder: Path, *argv: str) -> str:
    """Run git in a folder, without the settings of this machine and its user; return its standard output."""
    settings = {**os.environ, **AUTHOR, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-c", "init.defaultBranch=main", "-C", str(folder), *argv]
    return subprocess.run(command, env=settings, check=True, capture_output=True, text=True).stdout.strip()


def commit_all(folder: Path) -> str:
    """Commit everything in a folder, a new repository if need be; return the commit."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", "state")
    return git(folder, "rev-parse", "HEAD")


def repository_of_the_project(folder: Path) -> str:
    """Make a repository that has this working tree's state in its only commit; return that commit."""
    folder.mkdir()
    for name in SHIPPED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return commit_all(folder)


def dockerfile_of_readme() -> str:
    """Return the Dockerfile of README.md."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    match = re.search(r"^```dockerfile\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert match
    return match[1]


def recipe(title: str, page: str = "recipes.md") -> str:
    """Return the first block of code below a heading of a page in docs/."""
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    match = re.search(rf"^## {title}.*?^```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert match, title
    return match[1]
