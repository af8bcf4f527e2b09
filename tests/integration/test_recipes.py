"""The recipes of docs/recipes.md, run word for word by the real tools."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.checkout import PROJECT
from builders.elf import Elf
from builders.pip_env import write_wheel

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.network

RECIPES = (PROJECT / "docs" / "recipes.md").read_text(encoding="utf-8")


def recipe(title: str) -> str:
    """Return the first block of code below a heading."""
    match = re.search(rf"^## {title}.*?^```\w+\n(.*?)^```$", RECIPES, re.MULTILINE | re.DOTALL)
    assert match, title
    return match[1]


def tool(folder: Path, *requirements: str) -> Path:
    """Install tools into an environment of their own; return its folder of programs."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin" / "pip", "install", "-q", *requirements], check=True)
    return folder / "bin"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a project that requires `native`, which needs libgomp1."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    write_wheel(wheels, "native", files={"native.abi3.so": Elf(needed=("libgomp.so.1", "libc.so.6")).build()})
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "requirements.txt").write_text("native\n")
    return folder


def run(project: Path, programs: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool in the project's folder; pip-sysdeps and the wheel are found."""
    unwanted = {"VIRTUAL_ENV", "CI", "PIP_CONFIG_FILE"}
    environ = {name: value for name, value in os.environ.items() if name not in unwanted}
    environ["PATH"] = f"{programs}:{os.path.dirname(sys.executable)}:{environ['PATH']}"
    wheels = str(project.parent / "wheels")
    environ |= {"PIP_FIND_LINKS": wheels, "UV_FIND_LINKS": wheels}
    program = str(programs / command[0]) if (programs / command[0]).exists() else command[0]
    return subprocess.run(
        [program, *command[1:]], cwd=project, env=environ, capture_output=True, text=True, check=False, timeout=300
    )


def locked_with_gomp(project: Path) -> bool:
    """Tell whether the project's lock names libgomp1."""
    lock = project / "sysdeps.lock"
    return lock.exists() and 'name = "libgomp1"' in lock.read_text()


def test_uv(project: Path, tmp_path: Path) -> None:
    """`run` with real uv: `uv pip sync` into .venv, its own output and status, and then the lock."""
    programs = tool(tmp_path / "tools", "uv")
    assert run(project, programs, "uv", "venv", "--python", sys.executable).returncode == 0
    sync = ("pip-sysdeps", "run", "--", "uv", "pip", "sync", "requirements.txt")
    done = run(project, programs, *sync)
    assert done.returncode == 0, done.stderr
    assert "+ native==1.0" in done.stderr
    assert done.stderr.splitlines()[-1] == "pip-sysdeps: sysdeps.lock created: +libgomp1 (native)"
    assert "pip-sysdeps" not in run(project, programs, *sync).stderr
    (project / "requirements.txt").write_text("no-such-distribution-anywhere\n")
    before = (project / "sysdeps.lock").read_bytes()
    assert run(project, programs, *sync).returncode == 1
    assert (project / "sysdeps.lock").read_bytes() == before


def test_uv_sync(project: Path, tmp_path: Path) -> None:
    """`run` with `uv sync`, which makes the environment itself."""
    (project / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = ["native"]\n'
    )
    programs = tool(tmp_path / "tools", "uv")
    done = run(project, programs, "pip-sysdeps", "run", "--", "uv", "sync", "--python", sys.executable)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "pip-sysdeps: sysdeps.lock created: +libgomp1 (native)"


@pytest.mark.parametrize(("name", "file"), [("tox", "tox.ini"), ("nox", "noxfile.py")])
def test_tox_and_nox(project: Path, tmp_path: Path, name: str, file: str) -> None:
    """The session succeeds with the lock, and fails with a stale one."""
    (project / file).write_text(recipe(name))
    programs = tool(tmp_path / "tools", name)
    command = {"tox": ("tox", "-e", "sysdeps"), "nox": ("nox", "-s", "sysdeps")}[name]
    assert run(project, programs, *command).returncode != 0  # there is no lock yet
    locked = run(project, programs, "pip-sysdeps", "lock", "--python", f".{name}/sysdeps")
    assert locked.returncode == 0, locked.stderr
    done = run(project, programs, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    lock = project / "sysdeps.lock"
    lock.write_text(lock.read_text().replace('version = "1.0"\nwheel', 'version = "0.9"\nwheel'))
    done = run(project, programs, *command)
    assert done.returncode != 0
    assert "native 0.9 is locked, 1.0 is installed" in done.stdout + done.stderr
