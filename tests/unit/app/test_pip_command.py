"""Where a pip command installs: options, variables, and the environment of the pip that runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from builders.root import write
from builders.venv import make_venv
from pip_sysdeps.app.pip_command import environment_of_pip
from pip_sysdeps.app.place import Location

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_PYTHON"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("command", "location", "said"),
    [
        ("pip install --target deps x", Location(paths=("deps",)), "--target"),
        ("/gone/pip3.12 install -t deps x", Location(paths=("deps",)), "--target"),
        ("python3 -m pip install x --prefix=/install", Location(paths=("/install",)), "--prefix"),
        ("pip --python .venv install x", Location(python=".venv"), "--python"),
        ("env PIP_TARGET=deps pip install x", Location(paths=("deps",)), "--target"),
        ("env -i PIP_PREFIX=/install python3 -m pip install x", Location(paths=("/install",)), "--prefix"),
        ("env A=b pip install -t deps x", Location(paths=("deps",)), "--target"),
    ],
)
def test_options(command: str, location: Location, said: str) -> None:
    """Options of pip name the environment."""
    assert environment_of_pip(command.split(), os.environ) == (location, said)


@pytest.mark.parametrize(
    "command", ["pip list --target deps", "pip", "pipx install x", "/gone/pip install x", "python3 -m build", "true"]
)
def test_commands_that_name_no_environment(command: str) -> None:
    """Other commands, and a pip outside a virtual environment, name none."""
    assert environment_of_pip(command.split(), os.environ) is None


def test_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pip reads its options from them, too."""
    monkeypatch.setenv("PIP_TARGET", "deps")
    assert environment_of_pip(["/gone/pip", "install", "x"], os.environ) == (Location(paths=("deps",)), "--target")


def test_the_environment_of_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first line of pip, or the Python that runs it, leads to the environment, by path or by PATH."""
    make_venv(tmp_path, "/env")
    prefix = f"{tmp_path}/env"
    write(tmp_path / "env/bin/pip", f"#!{prefix}/bin/python3\n").chmod(0o755)
    python = tmp_path / "env/bin/python3"
    python.unlink()
    write(python, "").chmod(0o755)
    expected = (Location(python=prefix), "that of pip")
    assert environment_of_pip([f"{prefix}/bin/pip", "install", "x"], os.environ) == expected
    assert environment_of_pip([f"{prefix}/bin/python3", "-m", "pip", "install", "x"], os.environ) == expected
    monkeypatch.setenv("PATH", f"{prefix}/bin")
    assert environment_of_pip(["pip", "install", "x"], os.environ) == expected
    assert environment_of_pip(["python3", "-m", "pip", "install", "x"], os.environ) == expected


@pytest.mark.parametrize(("active", "chosen"), [("", ".venv"), ("other", "other"), ("other", ".venv")])
def test_the_usual_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, active: str, chosen: str) -> None:
    """The active environment, or else the project's, is chosen anyway; another one is named."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    if active:
        monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / active))
    prefix = str(tmp_path / chosen)
    make_venv(tmp_path, f"/{chosen}")
    write(tmp_path / chosen / "bin/pip", f"#!{prefix}/bin/python3\n").chmod(0o755)
    named = (Location(python=prefix), "that of pip") if active and chosen != active else None
    assert environment_of_pip([f"{prefix}/bin/pip", "install", "x"], os.environ) == named
