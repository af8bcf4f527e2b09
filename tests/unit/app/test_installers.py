"""Where an installer that has just run says its environment is.

Fakes stand for the installers: they answer as the real ones did (poetry 2.5, pipenv 2026.10, hatch 1.18, pdm 2.29).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from builders.root import write
from builders.venv import make_venv
from pip_sysdeps.app.installers import InstallerEnvironment, environment_of_command
from pip_sysdeps.app.place import Location

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project's folder, which is the current one; `bin` in it is first on PATH."""
    monkeypatch.chdir(tmp_path)
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "HATCH_ENV", "UV_PROJECT_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    return tmp_path


def fake(folder: Path, name: str, question: str, answer: str) -> None:
    """Write a program on PATH that answers one question."""
    write(folder / "bin" / name, f'#!/bin/sh\n[ "$*" = "{question}" ] && echo "{answer}"\nexit 0\n').chmod(0o755)


@pytest.mark.parametrize(
    ("name", "question", "answer"),
    [
        ("poetry", "env info --executable", "bin/python3"),
        ("pipenv", "--py", "bin/python3"),
        ("hatch", "env find", ""),
        ("pdm", "info --python", "bin/python3"),
    ],
)
def test_the_installer_is_asked(project: Path, name: str, question: str, answer: str) -> None:
    """Its environment is elsewhere, and nothing in the project's folder leads there."""
    write(project / "elsewhere/bin/python3")
    path = f"{project}/elsewhere/{answer}".rstrip("/")
    fake(project, name, question, path)
    expected = InstallerEnvironment(location=Location(python=path), source=f"{name} {question}")
    assert environment_of_command([name, "install"], os.environ) == expected


def test_the_packages_of_a_virtual_environment(project: Path) -> None:
    """A folder of packages other than `__pypackages__` is skipped, and the interpreter is used."""
    site = make_venv(project, "/elsewhere")
    python = write(project / "python3.11")
    script = f'#!/bin/sh\ncase "$*" in "info --packages") echo "{site}";; "info --python") echo "{python}";; esac\n'
    write(project / "bin/pdm", script).chmod(0o755)
    expected = InstallerEnvironment(location=Location(python=str(python)), source="pdm info --python")
    assert environment_of_command(["pdm", "sync"], os.environ) == expected


@pytest.mark.parametrize("launcher", [("uvx",), ("pipx", "run"), ("uv", "tool", "run"), ("python3", "-m")])
def test_a_launcher_is_asked_as_it_was_called(project: Path, launcher: tuple[str, ...]) -> None:
    """The installer itself may not be on PATH."""
    make_venv(project, "/elsewhere")
    words = " ".join((*launcher[1:], "poetry"))
    fake(project, launcher[0], f"{words} env info --executable", f"{project}/elsewhere")
    expected = InstallerEnvironment(
        location=Location(python=f"{project}/elsewhere"), source="poetry env info --executable"
    )
    assert environment_of_command([*launcher, "poetry", "install"], os.environ) == expected


@pytest.mark.parametrize(
    "command",
    [
        ("-e", "test", "run", "pytest"),
        ("--env=test", "shell"),
        ("env", "create", "test"),
        ("shell", "test"),
        ("run", "test:pytest", "-x"),
    ],
)
def test_a_named_environment_of_hatch(project: Path, command: tuple[str, ...]) -> None:
    """The question names the environment that the command named."""
    make_venv(project, "/elsewhere")
    fake(project, "hatch", "env find test", f"{project}/elsewhere")
    expected = InstallerEnvironment(location=Location(python=f"{project}/elsewhere"), source="hatch env find test")
    assert environment_of_command(["hatch", *command], os.environ) == expected


@pytest.mark.parametrize(
    ("command", "location", "asked"),
    [
        (("sync", "--python", "3.99"), Location(python="{0}/.venv"), "uv sync"),
        (("--directory", "{0}", "sync"), Location(python="{0}/.venv"), "uv --directory"),
        (("pip", "install", "--python", "{0}/other", "x"), Location(python="{0}/other"), "--python"),
        (("pip", "install", "--target", "{0}/deps", "x"), Location(paths=("{0}/deps",)), "--target"),
        (("pip", "install", "-p", "3.99", "x"), Location(python="{0}/asked"), "uv python find 3.99"),
    ],
    ids=lambda value: " ".join(value) if type(value) is tuple else "",
)
def test_what_uv_was_told(project: Path, command: tuple[str, ...], location: Location, asked: str) -> None:
    """The project's environment is its `.venv`, whatever Python `uv python find` prefers; options name others."""
    for name in (".venv", "other", "asked"):
        make_venv(project, f"/{name}")
    fake(project, "uv", "python find 3.99", f"{project}/asked")
    expected = Location(
        python=location.python and location.python.format(project),
        paths=tuple(each.format(project) for each in location.paths),
    )
    answer = environment_of_command(["uv", *(each.format(project) for each in command)], os.environ)
    assert answer == InstallerEnvironment(location=expected, source=asked)


def test_the_folder_of_pep_582(project: Path) -> None:
    """The distributions are in its `lib`, the scripts beside that."""
    packages = project / "__pypackages__/3.12"
    packages.mkdir(parents=True)
    fake(project, "pdm", "info --packages", str(packages))
    expected = InstallerEnvironment(location=Location(paths=(f"{packages}/lib",)), source="pdm info --packages")
    assert environment_of_command(["pdm", "install"], os.environ) == expected


def test_the_variable_of_uv(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`uv python find` does not heed it, `uv sync` does."""
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", f"{project}/elsewhere")
    fake(project, "uv", "", "")
    expected = InstallerEnvironment(location=Location(python=f"{project}/elsewhere"), source="UV_PROJECT_ENVIRONMENT")
    assert environment_of_command(["uv", "sync"], os.environ) == expected


def test_a_variable_that_env_sets(project: Path) -> None:
    """It counts as one of the shell does."""
    fake(project, "uv", "", "")
    expected = InstallerEnvironment(location=Location(python=f"{project}/elsewhere"), source="UV_PROJECT_ENVIRONMENT")
    command = ["env", f"UV_PROJECT_ENVIRONMENT={project}/elsewhere", "uv", "sync"]
    assert environment_of_command(command, os.environ) == expected


@pytest.mark.parametrize("answer", ["", "relative/bin/python3"])
def test_an_installer_that_names_none(project: Path, answer: str) -> None:
    """The answer has no environment, and names the question."""
    fake(project, "poetry", "env info --executable", answer)
    expected = InstallerEnvironment(location=None, source="poetry env info --executable")
    assert environment_of_command(["poetry", "install"], os.environ) == expected
