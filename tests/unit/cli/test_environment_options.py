"""Messages about the environment that was found."""

from __future__ import annotations

import io
from argparse import Namespace

import pytest

from builders.facts import scan_of
from pip_sysdeps.cli.environment_options import note_found
from pip_sysdeps.cli.messages import Messages


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
    stream = io.StringIO()
    note_found(Namespace(messages=Messages(stream, {})), scan_of().environment._replace(others=others))
    assert stream.getvalue() == f"the current folder {message}\n"
