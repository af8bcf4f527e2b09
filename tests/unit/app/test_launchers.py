"""The installer in a command, by its own name or through a launcher."""

from __future__ import annotations

import pytest

from pip_sysdeps.app.launchers import installer_call, split_env

NAMES = {"poetry", "pipenv", "hatch", "pdm", "uv"}


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("poetry install", "poetry"),
        ("/opt/bin/poetry install", "/opt/bin/poetry"),
        ("python -m poetry install", "python -m poetry"),
        ("/usr/bin/python3.12 -I -m pipenv install", "/usr/bin/python3.12 -I -m pipenv"),
        ("uvx poetry install", "uvx poetry"),
        ("uvx --from poetry==2.1 poetry install", "uvx --from poetry==2.1 poetry"),
        ("uvx poetry@2.1 install", "uvx poetry@2.1"),
        ("uvx --with poetry pdm install", "uvx --with poetry pdm"),
        ("uv tool run --python 3.12 pdm[all] sync", "uv tool run --python 3.12 pdm[all]"),
        ("uv run --with poetry poetry install", "uv run --with poetry poetry"),
        ("pipx run --spec hatch==1.14 hatch env create", "pipx run --spec hatch==1.14 hatch"),
        ("env A=b poetry install", "env A=b poetry"),
        ("uv sync --python 3.12", "uv"),
        ("uv run pytest poetry", "uv"),
        ("python -m uv sync", "python -m uv"),
    ],
)
def test_an_installer(command: str, words: str) -> None:
    """The words that start the installer are separated from its arguments."""
    call = installer_call(command.split(), NAMES)
    assert call is not None
    assert (" ".join(call.words), " ".join((*call.words, *call.arguments))) == (words, command)


@pytest.mark.parametrize(
    "command",
    ["pip install poetry", "uvx pytest poetry", "python poetry", "python -c -m", "pipx install poetry", "env"],
)
def test_another_command(command: str) -> None:
    """An installer's name among the arguments does not make a command an installer."""
    assert installer_call(command.split(), NAMES) is None


@pytest.mark.parametrize(
    ("command", "rest", "variables"),
    [
        ("pip install x", "pip install x", {"A": "1", "B": "2"}),
        ("env C=3 A= pip install x", "pip install x", {"A": "", "B": "2", "C": "3"}),
        ("/usr/bin/env -u A --unset=B pip", "pip", {}),
        ("env -i C=3 pip", "pip", {"C": "3"}),
        ("env -C /tmp C=3 pip", "env -C /tmp C=3 pip", {"A": "1", "B": "2"}),
        ("env C=3", "env C=3", {"A": "1", "B": "2"}),
        ("env -u", "env -u", {"A": "1", "B": "2"}),
    ],
)
def test_variables_that_env_sets(command: str, rest: str, variables: dict[str, str]) -> None:
    """env(1) adds, removes and clears variables; other options leave the command as it is."""
    found, environ = split_env(command.split(), {"A": "1", "B": "2"})
    assert (" ".join(found), dict(environ)) == (rest, variables)
