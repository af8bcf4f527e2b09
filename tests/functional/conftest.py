"""What the tests of the reports share: one root, and a call of the command line on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.command import Result
from builders.reported import VENV, reported_root, world_writable
from pip_sysdeps.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the root of `builders.reported`; nobody may change it."""
    folder = reported_root(tmp_path_factory.mktemp("reported"))
    world_writable(folder)
    return folder


@pytest.fixture
def run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Give a function that runs one command on the root's environment, in an empty folder, `width` columns wide."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "LD_LIBRARY_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def call(*argv: str, width: int = 80, environment: bool = True) -> Result:
        monkeypatch.setenv("COLUMNS", str(width))
        where = ("--root", str(root), "--python", VENV) if environment else ()
        status = main([*argv, *where])
        out, err = capsys.readouterr()
        return Result(status, out, err)

    return call
