"""The hooks for pre-commit, run by the real pre-commit from a local repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from builders.checkout import PROJECT, commit_all, git, repository_of_the_project
from builders.elf import Elf
from builders.pip_env import write_wheel

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.network

CHECK, VALIDATE = "pip-sysdeps-lock-check", "pip-sysdeps-lock-validate"
CONFIG = """\
repos:
  - repo: {repository}
    rev: {commit}
    hooks:
      - id: pip-sysdeps-lock-check
      - id: pip-sysdeps-lock-validate
"""


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """A project that uses the hooks."""

    folder: Path
    tools: Path
    environ: dict[str, str]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of pre-commit's environment in the project's folder."""
        command = (str(self.tools / "bin" / command[0]), *command[1:])
        return subprocess.run(command, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False)

    def outcomes(self) -> dict[str, str]:
        """Run all hooks on all files; return what became of each."""
        ids = {CHECK: "sysdeps.lock is what", VALIDATE: "sysdeps.lock is valid"}
        lines = self.run("pre-commit", "run", "--all-files", "--color", "never").stdout.splitlines()
        return {
            name: line.rpartition(".")[2] for name, start in ids.items() for line in lines if line.startswith(start)
        }

    def pip(self, *argv: str) -> None:
        """Change the project's environment."""
        subprocess.run([self.folder / ".venv" / "bin" / "pip", "-q", *argv], check=True, env=self.environ)


@pytest.fixture(scope="module")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> Consumer:
    """Return a project with an environment, its lock, and the hooks."""
    base = tmp_path_factory.mktemp("pre-commit")
    commit = repository_of_the_project(base / "pip-sysdeps")
    subprocess.run([sys.executable, "-m", "venv", base / "tools"], check=True)
    pip_install(base / "tools", "pre-commit", str(base / "pip-sysdeps"))
    write_wheel(base, "plain", files={"plain.py": b""})
    write_wheel(base, "native", files={"native.abi3.so": Elf(needed=("libgomp.so.1", "libc.so.6")).build()})
    folder = base / "consumer"
    subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
    (folder / ".gitignore").write_text("/.venv\n")
    (folder / ".pre-commit-config.yaml").write_text(CONFIG.format(repository=base / "pip-sysdeps", commit=commit))
    environ = {
        **{name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "CI")},
        "PRE_COMMIT_HOME": str(base / "cache"),
        "PIP_FIND_LINKS": str(base),
    }
    made = Consumer(folder=folder, tools=base / "tools", environ=environ)
    made.pip("install", "native", "plain")
    locked = made.run("pip-sysdeps", "lock", "--python", ".venv")
    assert locked.returncode == 0, locked.stderr
    commit_all(folder)
    return made


def pip_install(environment: Path, *what: str) -> None:
    """Install into an environment."""
    subprocess.run([environment / "bin" / "pip", "install", "-q", *what], check=True)


def test_the_manifest_is_valid(consumer: Consumer) -> None:
    """By pre-commit's own judgement."""
    done = consumer.run("pre-commit", "validate-manifest", str(PROJECT / ".pre-commit-hooks.yaml"))
    assert done.returncode == 0, done.stdout


def test_a_current_lock_passes(consumer: Consumer) -> None:
    """Both hooks."""
    assert consumer.outcomes() == {CHECK: "Passed", VALIDATE: "Passed"}


def test_a_stale_lock_fails_the_check(consumer: Consumer) -> None:
    """It says what is stale; for the lock alone nothing is wrong."""
    consumer.pip("uninstall", "-y", "native")
    said = consumer.run("pre-commit", "run", "--all-files", CHECK).stdout
    outcomes = consumer.outcomes()
    consumer.pip("install", "native")
    assert outcomes == {CHECK: "Failed", VALIDATE: "Passed"}
    assert "warning: native 1.0 is locked, but is not installed or needs nothing" in said


def test_a_changed_lock_is_not_valid(consumer: Consumer) -> None:
    """A hand's comment is not a difference to the environment, and is one to what `lock` writes."""
    lock = consumer.folder / "sysdeps.lock"
    before = lock.read_text()
    lock.write_text(before.replace('    "libgomp1",', '    "libgomp1", # for OpenMP', 1))
    outcomes = consumer.outcomes()
    lock.write_text(before)
    assert outcomes == {CHECK: "Passed", VALIDATE: "Failed"}


def test_without_an_environment(consumer: Consumer, tmp_path: Path) -> None:
    """On a checkout alone, as in a hosted service: the lock is valid, and the other hook says what it lacks."""
    git(tmp_path, "clone", "-q", str(consumer.folder), "clone")
    clone = Consumer(folder=tmp_path / "clone", tools=consumer.tools, environ=consumer.environ)
    assert clone.outcomes() == {CHECK: "Failed", VALIDATE: "Passed"}
    said = clone.run("pre-commit", "run", "--all-files", CHECK).stdout
    assert "error: no environment or interpreter at `" in said
    shutil.rmtree(clone.folder)
