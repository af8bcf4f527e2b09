"""`python -m pip_sysdeps.venv`: environments that are born with the hook."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.pip_env import write_wheel
from pip_sysdeps import venv
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.hook.enable import State, status
from pip_sysdeps.hook.site import query_interpreter

if TYPE_CHECKING:
    from pathlib import Path


def test_an_environment_with_the_hook(tmp_path: Path) -> None:
    """`python -m pip_sysdeps.venv` builds it for the project of the current folder."""
    command = [sys.executable, "-m", "pip_sysdeps.venv", "--without-pip", "--prompt", "app", "one", "two"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for name in ("one", "two"):
        found = status(query_interpreter(str(tmp_path / name)))
        assert found.state is State.CURRENT
        assert found.settings is not None
        assert (found.settings.project, found.settings.check_only) == (str(tmp_path), False)
    assert "app" in (tmp_path / "one" / "pyvenv.cfg").read_text()


def test_builder(tmp_path: Path) -> None:
    """The builder can be subclassed, with options of venv and of the hook."""
    venv.EnvBuilder(symlinks=True, project=str(tmp_path), check_only=True).create(tmp_path / "env")
    found = status(query_interpreter(str(tmp_path / "env")))
    assert found.settings is not None
    assert (found.state, found.settings.check_only) == (State.CURRENT, True)


def test_an_interpreter_that_cannot_have_the_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an error, and nothing is built."""
    monkeypatch.setattr("sys.version_info", (3, 18, 0))
    with pytest.raises(SysdepsError, match=r"^Python 3\.18 does not run the import lines of \.pth files"):
        venv.EnvBuilder(project=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (["--project", "nothing-here", "env"], "error: `nothing-here` is not a folder\n"),
        (["a-file"], "error: cannot create the environment: "),
    ],
)
def test_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argv: list[str], error: str
) -> None:
    """One line and a hint, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-file").touch()
    assert venv.main(["--without-pip", *argv]) == 2
    message = capsys.readouterr().err
    assert message.startswith(error)
    assert message.splitlines()[1].startswith("hint: ")
    assert [path.name for path in tmp_path.iterdir()] == ["a-file"]


@pytest.mark.network
def test_its_pip_locks(tmp_path: Path) -> None:
    """Bringing pip up to date while it is built changes no lock; the first install does."""
    project = tmp_path / "project"
    project.mkdir()
    write_wheel(tmp_path, "alpha")
    command = [
        sys.executable,
        "-m",
        "pip_sysdeps.venv",
        "--upgrade-deps",
        "--project",
        str(project),
        str(tmp_path / "env"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    assert list(project.iterdir()) == []
    pip = [str(tmp_path / "env" / "bin" / "pip"), "install", "-q", "--no-index", "-f", str(tmp_path), "alpha"]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "pip-sysdeps: sysdeps.lock created: no system package is needed"
