"""Run the recipes of docs/recipes.md word for word with the real tools."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.checkout import recipe
from builders.elf import Elf
from builders.pip_env import write_wheel

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.network


def tool(folder: Path, *requirements: str) -> Path:
    """Install tools into their own environment; return its folder of programs."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin" / "pip", "install", "-q", *requirements], check=True)
    return folder / "bin"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project that requires `native`, which needs libgomp1."""
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
    environ |= {"POETRY_CACHE_DIR": str(project.parent / "poetry"), "PDM_CACHE_DIR": str(project.parent / "pdm")}
    environ |= {"PDM_CHECK_UPDATE": "0"}
    program = str(programs / command[0]) if (programs / command[0]).exists() else command[0]
    return subprocess.run(
        [program, *command[1:]], cwd=project, env=environ, capture_output=True, text=True, check=False, timeout=300
    )


def locked_with_gomp(project: Path) -> bool:
    """Return whether the project's lock names libgomp1."""
    lock = project / "sysdeps.lock"
    return lock.exists() and 'name = "libgomp1"' in lock.read_text()


PYPROJECT = """[project]
name = "app"
version = "1"
requires-python = ">=3.10"
dependencies = ["native"]

"""
CREATED = "pip-sysdeps: sysdeps.lock created: +libgomp1 (native)"


def test_pip(project: Path) -> None:
    """`run` with real pip prints pip's output and one more line."""
    subprocess.run([sys.executable, "-m", "venv", project / ".venv"], check=True)
    programs = project / ".venv" / "bin"
    alone = run(project, programs, "pip", "install", "-r", "requirements.txt", "--dry-run")
    done = run(project, programs, "pip-sysdeps", "run", "--", "pip", "install", "-r", "requirements.txt")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Successfully installed native-1.0"
    assert done.stderr == f"{alone.stderr}{CREATED}\n"
    before = (project / "sysdeps.lock").read_bytes()
    done = run(project, programs, "pip-sysdeps", "run", "--", "pip", "install", "no-such-distribution-anywhere")
    assert done.returncode == 1
    assert "pip-sysdeps" not in done.stderr
    assert (project / "sysdeps.lock").read_bytes() == before


def test_poetry(project: Path, tmp_path: Path) -> None:
    """`run` with `poetry install`, by the recipe's lines, for an environment where Poetry keeps it."""
    (wheel,) = (tmp_path / "wheels").iterdir()
    (project / "pyproject.toml").write_text(
        f"{PYPROJECT.replace('native', f'native @ {wheel.as_uri()}')}[tool.poetry]\npackage-mode = false\n"
    )
    programs = tool(tmp_path / "tools", "poetry")
    assert run(project, programs, "poetry", "lock").returncode == 0
    done = run(project, programs, "bash", "-c", recipe("Poetry").replace("$ ", ""))
    assert done.returncode == 0, done.stderr
    assert "Installing native (1.0" in done.stdout
    assert done.stderr.splitlines()[-1] == CREATED


def test_pdm(project: Path, tmp_path: Path) -> None:
    """`run` with `pdm sync`; and by the recipe, without us, whatever changes the environment."""
    source = f'[[tool.pdm.source]]\nname = "pypi"\ntype = "find_links"\nurl = "{(tmp_path / "wheels").as_uri()}"\n'
    write_wheel(tmp_path / "wheels", "alpha")
    both = PYPROJECT.replace('"native"', '"native", "alpha"')
    (project / "pyproject.toml").write_text(f"{both}[tool.pdm]\ndistribution = false\n{source}")
    programs = tool(tmp_path / "tools", "pdm[locked]")  # without it, its 2.29.4 gets a hishel that it cannot import
    assert run(project, programs, "pdm", "lock").returncode == 0
    done = run(project, programs, "pip-sysdeps", "run", "--", "pdm", "sync")
    assert done.returncode == 0, done.stderr
    assert "Install native 1.0 successful" in done.stdout
    assert done.stderr.splitlines()[-1] == CREATED
    with (project / "pyproject.toml").open("a") as file:
        file.write(recipe("pdm"))
    done = run(project, programs, "pdm", "remove", "native")
    assert done.returncode == 0, done.stderr
    assert not locked_with_gomp(project)


def test_uv(project: Path, tmp_path: Path) -> None:
    """`run` with real uv: `uv pip sync` into .venv, its own output and status, and then the lock."""
    programs = tool(tmp_path / "tools", "uv")
    assert run(project, programs, "uv", "venv", "--python", sys.executable).returncode == 0
    sync = ("pip-sysdeps", "run", "--", "uv", "pip", "sync", "requirements.txt")
    done = run(project, programs, *sync)
    assert done.returncode == 0, done.stderr
    assert "+ native==1.0" in done.stderr
    assert done.stderr.splitlines()[-1] == CREATED
    assert "pip-sysdeps" not in run(project, programs, *sync).stderr
    (project / "requirements.txt").write_text("no-such-distribution-anywhere\n")
    before = (project / "sysdeps.lock").read_bytes()
    assert run(project, programs, *sync).returncode == 1
    assert (project / "sysdeps.lock").read_bytes() == before


def test_uv_sync(project: Path, tmp_path: Path) -> None:
    """`run` with `uv sync`, which creates the environment itself."""
    (project / "pyproject.toml").write_text(PYPROJECT)
    programs = tool(tmp_path / "tools", "uv")
    done = run(project, programs, "pip-sysdeps", "run", "--", "uv", "sync", "--python", sys.executable)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == CREATED


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
