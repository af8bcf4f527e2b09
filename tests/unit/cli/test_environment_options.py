"""Messages about the environment that was found."""

from __future__ import annotations

import io
from argparse import Namespace
from typing import TYPE_CHECKING, Any

import pytest

from builders.facts import scan_of
from pip_sysdeps.cli.environment_options import note_found
from pip_sysdeps.cli.messages import Messages

if TYPE_CHECKING:
    from pathlib import Path


def noted(**changes: Any) -> str:  # noqa: ANN401 - any field of an environment
    """Return what is printed about an environment."""
    stream = io.StringIO()
    note_found(Namespace(messages=Messages(stream, {})), scan_of().environment._replace(**changes))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("others", "message"),
    [
        (("venv",), "also has a virtual environment: `--python venv` selects it"),
        (("a", "b"), "also has virtual environments: `--python a`, `--python b` select them"),
        (("a", "b", "c"), "also has virtual environments: `--python a`, `--python b` and 1 more select them"),
    ],
)
def test_other_environments_of_the_folder(others: tuple[str, ...], message: str) -> None:
    """One or several."""
    assert noted(others=others) == f"the current folder {message}\n"


@pytest.mark.parametrize(
    ("file", "command"),
    [("poetry.lock", "poetry env info --executable"), ("Pipfile", "pipenv --py"), ("pdm.lock", "pdm info --python")],
)
def test_an_environment_that_is_not_the_installers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, command: str
) -> None:
    """The note says what selects the installer's own, unless the environment is surely the project's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).touch()
    tool = command.split(maxsplit=1)[0]
    note = f'`{file}` is here: if {tool} made an environment, `--python "$({command})"` selects it\n'
    assert note in noted(found_by="python3 on PATH")
    assert note in noted(found_by="pip-sysdeps is installed there")
    assert note not in noted(found_by=".venv")
    assert noted(found_by="") == ""
