"""What the tests of the commands share: small roots, and the command line on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.command import Result
from builders.desk import Desk
from builders.reported import reported_root, world_writable
from builders.small_debian import small_debian
from builders.system import VENV
from pip_sysdeps.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of `builders.reported`; nobody may change it."""
    folder = reported_root(tmp_path_factory.mktemp("reported"))
    world_writable(folder)
    return folder


@pytest.fixture
def run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Return a function that runs one command on the root's environment, in an empty folder, `width` columns wide."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "LD_LIBRARY_PATH", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def call(*argv: str, width: int = 80, environment: bool = True) -> Result:
        monkeypatch.setenv("COLUMNS", str(width))
        where = ("--root", str(root), "--python", VENV) if environment else ()
        status = main([*argv, *where])
        out, err = capsys.readouterr()
        return Result(status, out, err)

    return call


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the small Debian once; nobody may change it."""
    return small_debian(tmp_path_factory.mktemp("debian") / "root")


@pytest.fixture
def desk(pristine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk, in a folder of its own, without the indices and variables of this machine's user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("LD_LIBRARY_PATH", "PYTHONPATH", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Desk(pristine=pristine, copied=tmp_path / "root", lock=tmp_path / "sysdeps.lock", capsys=capsys)
