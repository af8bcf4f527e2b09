"""What the tests of systems with apk or rpm share: small roots, and the command line in an empty folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.command import Result
from builders.small_alpine import small_alpine
from pip_sysdeps.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from builders.command import Run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs one command in an empty folder, without the indices of this machine's user."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)

    def call(*argv: str) -> Result:
        status = main(argv)
        return Result(status, *capsys.readouterr())

    return call


@pytest.fixture
def alpine(tmp_path: Path) -> Path:
    """Return a small Alpine, to be changed at will."""
    return small_alpine(tmp_path / "root")
