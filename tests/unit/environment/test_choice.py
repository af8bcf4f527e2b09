"""The choice of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.root import link, write
from pip_sysdeps.environment.choice import Choice, ChoiceInputs, choices, first_choice, is_isolated
from pip_sysdeps.errors import NoEnvironmentError, SysdepsError
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PATH = {"PATH": "/usr/bin"}
OWN = "pip-sysdeps is installed there"


def program(root: Path, path: str) -> None:
    """Write an executable file."""
    write(root / path.lstrip("/"), "\x7fELF").chmod(0o755)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with a system Python, and environments with and without a name."""
    program(tmp_path, "/usr/bin/python3")
    for folder in ("/work/.venv", "/work/other", "/conda", "/tools/own", "/cache/x/own"):
        write(tmp_path / folder.lstrip("/") / "pyvenv.cfg", "home = /usr/bin\n")
    write(tmp_path / "cache/CACHEDIR.TAG")
    write(tmp_path / "tools/pipx/own/pipx_metadata.json", "{}")
    write(tmp_path / "tools/uv/own/uv-receipt.toml")
    return tmp_path


def found(root: Path, environ: Mapping[str, str], own: str = "", python: str | None = None) -> list[Choice]:
    """Return the choices in /work."""
    return [*choices(Root(str(root)), python, ChoiceInputs(environ={**PATH, **environ}, cwd="/work", tool_prefix=own))]


VENV, SYSTEM = (
    Choice(path="/work/.venv", found_by=".venv"),
    Choice(path="/usr/bin/python3", found_by="python3 on PATH"),
)


@pytest.mark.parametrize(
    ("environ", "own", "expected"),
    [
        ({}, "", [VENV, SYSTEM]),
        (
            {"VIRTUAL_ENV": "other", "CONDA_PREFIX": "/conda"},
            "",
            [
                Choice(path="/work/other", found_by="VIRTUAL_ENV"),
                VENV,
                Choice(path="/conda", found_by="CONDA_PREFIX"),
                SYSTEM,
            ],
        ),
        ({}, "/tools/own", [VENV, Choice(path="/tools/own", found_by=OWN), SYSTEM]),
        ({"VIRTUAL_ENV": "/tools/own"}, "/tools/own", [Choice(path="/tools/own", found_by="VIRTUAL_ENV"), VENV,
         Choice(path="/tools/own", found_by=OWN), SYSTEM]),
        ({"VIRTUAL_ENV": "/cache/x/own"}, "/cache/x/own", [VENV, SYSTEM]),
        ({"PATH": ""}, "", [VENV]),
    ],
)  # fmt: skip
def test_places_in_their_order(root: Path, environ: dict[str, str], own: str, expected: list[Choice]) -> None:
    """The active environment comes first; this tool's own counts only if it holds more than this tool."""
    assert found(root, environ, own) == expected


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_an_active_environment_that_is_gone(root: Path, variable: str) -> None:
    """It is an error, because another environment would be a surprise."""
    with pytest.raises(SysdepsError) as caught:
        found(root, {variable: "/gone"})
    assert str(caught.value) == f"{variable} names `/gone`, which is not a folder"


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [("/tools/own", False), ("/tools/pipx/own", True), ("/tools/uv/own", True), ("/cache/x/own", True), ("/", False)],
)
def test_an_environment_for_one_tool(root: Path, prefix: str, expected: bool) -> None:
    """A receipt of pipx or uv, or its place in a cache, marks such an environment."""
    assert is_isolated(Root(str(root)), prefix) is expected


@pytest.mark.parametrize(
    ("python", "path"),
    [
        (".venv", "/work/.venv"),
        ("./gone", "/work/./gone"),
        ("/conda", "/conda"),
        ("python3", "/usr/bin/python3"),
        ("python3.99", "/work/python3.99"),
    ],
)
def test_a_name_of_the_command_line(root: Path, python: str, path: str) -> None:
    """A name is a path if it has a slash or exists, otherwise a program on PATH."""
    assert found(root, {}, python=python) == [Choice(path=path)]


def test_overlays_of_uv_are_looked_through(root: Path) -> None:
    """The environment below has the project's distributions; one that is gone ends the search."""
    write(root / "tmp/one/pyvenv.cfg", "home = /usr/bin\nextends-environment = /tmp/two\n")
    write(root / "tmp/two/pyvenv.cfg", "home = /usr/bin\nextends-environment = /work/other\n")
    assert found(root, {"VIRTUAL_ENV": "/tmp/one"})[0].path == "/work/other"  # noqa: S108 - inside the root
    write(root / "tmp/two/pyvenv.cfg", "home = /usr/bin\nextends-environment = /gone\n")
    assert found(root, {"VIRTUAL_ENV": "/tmp/one"})[0].path == "/tmp/two"  # noqa: S108 - as above


def test_the_own_tools_program_is_not_the_users(root: Path) -> None:
    """Its folder may be first on PATH, as with uvx."""
    program(root, "/cache/x/own/bin/python3")
    environ = {"PATH": "/cache/x/own/bin:/usr/bin"}
    assert found(root, environ, "/cache/x/own")[-1] == SYSTEM
    assert found(root, environ)[-1].path == "/cache/x/own/bin/python3"


@pytest.mark.parametrize(
    ("version", "path"),
    [("3.12", "/pyenv/versions/3.12.1/bin/python3"), ("system", "/usr/bin/python3"), ("3.9", "/pyenv/shims/python3")],
)
def test_a_shim_of_pyenv(root: Path, version: str, path: str) -> None:
    """The program that a shim starts is used: an installed one, or the next on PATH."""
    program(root, "/pyenv/versions/3.12.1/bin/python3")
    program(root, "/pyenv/shims/python3")
    link(root / "pyenv/versions/3.9.1", "3.9.0")
    environ = {"PATH": "/pyenv/shims:/usr/bin", "PYENV_VERSION": version}
    assert found(root, environ)[-1].path == path
    assert found(root, environ, python="python3") == [Choice(path=path)]
    assert found(root, environ, python="/pyenv/shims/python3") == [Choice(path=path)]


def test_nothing_is_found(tmp_path: Path) -> None:
    """The hint says how to name one."""
    with pytest.raises(NoEnvironmentError) as caught:
        first_choice(Root(str(tmp_path)), None, ChoiceInputs(environ={}))
    assert caught.value.hint == "name one with --python, or a folder with --path"
