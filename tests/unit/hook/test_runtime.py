"""The code that lives in the environment: knowing pip from all else, and when it may act."""

from __future__ import annotations

import ast
import os
import sys
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.hook import runtime

if TYPE_CHECKING:
    from pathlib import Path

PIPS = [
    "-m pip install x",
    "-mpip",
    "-Im pip",
    "-Impip install",
    "-I -m pip",
    "-bbBIm pip",
    "-X utf8 -W ignore -m pip",
    "-Xutf8 -Wignore -mpip",
    "-IX utf8 -m pip",
    "--check-hash-based-pycs always -m pip",
    "-m pip.__main__",
    "/env/bin/pip install",
    "/env/bin/pip3",
    "/env/bin/pip3.12",
    "-u /env/bin/pip",
    "-- /env/bin/pip",
    "tools/pip.pyz install",
    "pip-23.0-py3-none-any.whl/pip install",
    "/env/lib/python3.12/site-packages/pip/ install",
    "/env/lib/python3.12/site-packages/pip/__pip-runner__.py install",
]
OTHERS = [
    "",
    "-",
    "-V",
    "--version",
    "-c pass pip",
    "-cpip",
    "-c -m pip",
    "-Ic pass -m pip",
    "-m piptools compile",
    "-m pipx install",
    "-m pip._internal",
    "-m venv -m pip",
    "-W",
    "-m",
    "--",
    "/env/bin/pip-compile",
    "/env/bin/pip-audit",
    "/env/bin/pip-sysdeps lock",
    "/env/bin/pipenv install",
    "/env/bin/pipx install pip",
    "/home/pip/app.py pip",
    "/env/lib/python3.12/site-packages/pip/_vendor/pyproject_hooks/_in_process/_in_process.py build_wheel",
    "-X pip app.py",
    "-W pip -m app",
]


@pytest.mark.parametrize("arguments", PIPS)
def test_is_pip(arguments: str) -> None:
    """Every way to start pip is recognized."""
    assert runtime.is_pip(arguments.split())


@pytest.mark.parametrize("arguments", OTHERS)
def test_is_not_pip(arguments: str) -> None:
    """Other commands are not pip, whatever their name."""
    assert not runtime.is_pip(arguments.split())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("-m pip --python .venv install x", True),
        ("-m pip --python=.venv install x", True),
        ("-m pip --pyth .venv install x", True),
        ("-m pip install --python-version 3.12 --target t x", False),
        ("-m pip install x", False),
    ],
)
def test_pip_for_another_environment(arguments: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pip --python` does its work in a second process."""
    monkeypatch.delenv("PIP_PYTHON", raising=False)
    monkeypatch.delenv("_PIP_RUNNING_IN_SUBPROCESS", raising=False)
    assert runtime.only_starts_another_pip(arguments.split()) is expected
    monkeypatch.setenv("_PIP_RUNNING_IN_SUBPROCESS", "1")
    assert not runtime.only_starts_another_pip(arguments.split())


def test_fingerprint_sees_each_kind_of_change(tmp_path: Path) -> None:
    """A new, removed or rewritten record changes the fingerprint; modules and caches do not."""
    record = tmp_path / "a-1.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("a.py,,\n")
    (tmp_path / "old.egg-info").write_text("Name: old\n")
    directories = [str(tmp_path), str(tmp_path / "missing")]
    seen = [runtime.fingerprint(directories)]
    (tmp_path / "module.py").write_text("")
    assert runtime.fingerprint(directories) == seen[0]
    os.utime(record, ns=(1, 1))
    seen.append(runtime.fingerprint(directories))
    record.write_text("a.py,,\nb.py,,\n")
    os.utime(record, ns=(1, 1))
    seen.append(runtime.fingerprint(directories))
    (tmp_path / "old.egg-info").unlink()
    seen.append(runtime.fingerprint(directories))
    assert all(seen[i] != seen[j] for i in range(4) for j in range(i))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 1),
        ({"statuses": [None]}, 1),
        ({"statuses": [0, 1]}, 0),
        ({"statuses": [1]}, 0),
        ({"statuses": ["an error message"]}, 0),
        ({"statuses": []}, 0),
        ({"process_id": 0}, 0),
        ({"before": []}, 0),
    ],
    ids=str,
)
def test_finish_acts_only_after_success(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, object], expected: int
) -> None:
    """It acts only in the process that began, after success and a change."""
    monkeypatch.setitem(sys.modules, "pip._internal.commands.install", runtime)
    calls: list[object] = []
    facts: dict[str, object] = {"process_id": os.getpid(), "directories": [], "before": ["old"], "statuses": [0]}
    runtime.finish(**{**facts, **change}, call=lambda *command, **_: calls.append(command))  # type: ignore[arg-type]
    assert len(calls) == expected


@pytest.mark.parametrize("error", [OSError, ValueError, KeyboardInterrupt])
def test_finish_swallows_what_goes_wrong(monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    """An error after an install never reaches pip."""
    monkeypatch.setitem(sys.modules, "pip._internal.commands.uninstall", runtime)

    def call(*_: object, **__: object) -> int:
        raise error

    runtime.finish(os.getpid(), [], ["old"], [0], call)


def test_finish_needs_an_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that another process made during `pip list` is not this one's to lock."""
    for name in ("install", "uninstall"):
        monkeypatch.delitem(sys.modules, f"pip._internal.commands.{name}", raising=False)
    runtime.finish(os.getpid(), [], ["old"], [0], lambda *_, **__: pytest.fail("acted"))


def test_standalone() -> None:
    """The file imports the standard library only, and is ASCII, as a file of unknown readers should be."""
    with open(runtime.__file__, encoding="ascii") as file:
        tree = ast.parse(file.read())
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert imported <= sys.stdlib_module_names
