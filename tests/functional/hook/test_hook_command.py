"""`pip-sysdeps hook enable | disable | status` on real environments."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.command import Result
from builders.schemas import check_schema
from pip_sysdeps.cli import main
from pip_sysdeps.hook.enable import MODULE_NAME, PTH_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


ADDS = "`pip-sysdeps hook enable` adds it\n"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a virtual environment with what passes for pip, which the tests copy."""
    folder = tmp_path_factory.mktemp("venv") / "made"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (next(folder.glob("lib/python3.*/site-packages")) / "pip").mkdir()
    return folder


@pytest.fixture
def venv(made_once: Path, tmp_path: Path) -> Path:
    """Return a virtual environment of one's own."""
    return shutil.copytree(made_once, tmp_path / "project" / ".venv", symlinks=True)


@pytest.fixture
def hook(venv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Return a function that runs `pip-sysdeps hook` in the project's folder."""
    monkeypatch.chdir(venv.parent)
    for name in ("VIRTUAL_ENV", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def call(*argv: str) -> Result:
        status = main(["hook", *argv])
        return Result(status, *capsys.readouterr())

    return call


def files_of_the_hook(venv: Path) -> list[str]:
    """Return what the environment has of the hook."""
    return sorted(path.name for path in venv.rglob("*pip_sysdeps*"))


def test_enable_status_disable(hook: Callable[..., Result], venv: Path) -> None:
    """Each prints what it did; the second time it does nothing."""
    project = venv.parent
    place = f"in `{venv}`"
    assert hook("enable") == (0, "", f"enabled {place} for the project `{project}`\n")
    assert files_of_the_hook(venv) == [MODULE_NAME, PTH_NAME]
    times = [path.stat().st_ctime_ns for path in sorted(venv.rglob("*pip_sysdeps*"))]
    assert hook("enable") == (0, "", f"already enabled {place} for the project `{project}`\n")
    assert [path.stat().st_ctime_ns for path in sorted(venv.rglob("*pip_sysdeps*"))] == times
    command = f"{sys.executable} -I -m pip_sysdeps hook relock --project {project}"
    facts = f"state: current\nenvironment: {venv}\nproject: {project}\ncheck-only: no\ncommand: {command}\n"
    assert hook("status") == (0, facts, "")
    assert hook("disable") == (0, "", f"disabled {place}\n")
    assert hook("disable") == (0, "", f"nothing to disable {place}\n")
    assert files_of_the_hook(venv) == []
    assert hook("status") == (1, f"state: absent\nenvironment: {venv}\n", ADDS)


def test_enable_where_there_is_no_pip(hook: Callable[..., Result], venv: Path) -> None:
    """An environment of uv gets the hook, with a note that uv does not start it."""
    next(venv.rglob("site-packages/pip")).rmdir()
    assert hook("enable").err.splitlines()[1:] == [
        "the environment has no pip to start the hook: with uv, use `pip-sysdeps run -- CMD`"
    ]


def test_environment_without_the_shorter_name(hook: Callable[..., Result], venv: Path) -> None:
    """Debian's own prefix has bin/python3 alone."""
    target = (venv / "bin/python").resolve()
    for name in ("python", "python3"):
        (venv / "bin" / name).unlink()
    (venv / "bin/python3").symlink_to(target)
    assert hook("status", "--python", str(venv)) == (1, f"state: absent\nenvironment: {venv}\n", ADDS)


def test_enable_for_another_project(hook: Callable[..., Result], venv: Path) -> None:
    """The environment is bound to the new project, and the old one is named."""
    other = venv.parent / "other"
    other.mkdir()
    hook("enable")
    assert hook("enable", "--project", "other", "--check-only").err == (
        f"enabled in `{venv}` for the project `{other}`; its project was `{venv.parent}`\n"
    )
    document = json.loads(hook("status", "--json").out)
    check_schema("hook", document)
    assert (document["project"], document["check-only"]) == (str(other), True)


@pytest.mark.parametrize("named", ["folder", "interpreter", "VIRTUAL_ENV"])
def test_ways_to_select_the_environment(
    hook: Callable[..., Result], venv: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str
) -> None:
    """The folder, the interpreter or the active environment selects it, as for other commands."""
    monkeypatch.chdir(tmp_path)
    where = {"folder": ["--python", "project/.venv"], "interpreter": ["--python", "project/.venv/bin/python"]}
    if named == "VIRTUAL_ENV":
        monkeypatch.setenv("VIRTUAL_ENV", str(venv))
    assert hook("enable", *where.get(named, [])).err == f"enabled in `{venv}` for the project `{tmp_path}`\n"


def test_status_of_an_outdated_hook(hook: Callable[..., Result], venv: Path) -> None:
    """One that another version wrote is reported from a current one, in words and in JSON, and renewed by `enable`."""
    hook("enable")
    module = next(venv.rglob(MODULE_NAME))
    module.write_text(f"# of another version\n{module.read_text()}")
    result = hook("status")
    assert result.status == 1
    assert result.out.splitlines()[0] == "state: outdated"
    assert result.err == "`pip-sysdeps hook enable` repairs or updates it, `pip-sysdeps hook disable` removes it\n"
    hook("enable")
    assert hook("status").out.splitlines()[0] == "state: current"


def test_status_of_an_orphaned_hook(hook: Callable[..., Result], venv: Path) -> None:
    """The missing path is reported."""
    (venv.parent / "other").mkdir()
    hook("enable", "--project", "other")
    (venv.parent / "other").rmdir()
    result = hook("status", "--json")
    document = json.loads(result.out)
    check_schema("hook", document)
    assert (result.status, document["state"]) == (1, "orphaned")
    assert document["missing"] == [str(venv.parent / "other")]


@pytest.mark.parametrize("action", ["status", "disable", "enable"])
def test_json_and_errors(hook: Callable[..., Result], action: str) -> None:
    """Without an environment, each action is an error."""
    result = hook(action, "--python", "nothing-here")
    assert (result.status, result.out) == (2, "")
    assert re.fullmatch(r"error: no environment or interpreter at `\S*/nothing-here`\nhint: .*\n", result.err)


def test_refuses_a_base_without_system(hook: Callable[..., Result]) -> None:
    """Nothing is written to the system's interpreter; `status` may read it."""
    base = os.path.realpath(sys.executable)
    result = hook("enable", "--python", base)
    assert result.status == 2
    assert result.err.splitlines()[0] == f"error: `{base}` is not in a virtual environment"
    assert "--system" in result.err.splitlines()[1]
    assert hook("status", "--python", base).out.splitlines()[0] == "state: absent"


def test_refuses_python_3_18(hook: Callable[..., Result], venv: Path) -> None:
    """The environment's own files say so: one of 3.18 keeps clear of the hook."""
    next(venv.glob("lib/python3.*")).rename(venv / "lib/python3.18")
    result = hook("enable")
    assert result.status == 2
    assert result.err == (
        "error: Python 3.18 does not run the import lines of .pth files (PEP 829), so it cannot have the hook\n"
        "hint: use `pip-sysdeps run -- pip install ...` instead\n"
    )
    assert files_of_the_hook(venv) == []


@pytest.mark.parametrize("named", [False, True])
def test_no_program_of_a_checkout_is_run(hook: Callable[..., Result], venv: Path, *, named: bool) -> None:
    """Whatever `.venv/bin/python` is, each action reads the files around it."""
    for python in venv.glob("bin/python*"):
        python.unlink()
        python.write_text(f"#!/bin/sh\ntouch {venv.parent}/was-run\n")
        python.chmod(0o755)
    options = ["--python", str(venv)] if named else []
    assert [hook(action, *options).status for action in ("enable", "status", "disable")] == [0, 0, 0]
    assert not (venv.parent / "was-run").exists()


def test_an_interpreter_that_was_not_named(
    hook: Callable[..., Result], venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first python3 on PATH is not run to ask where it installs."""
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    shutil.rmtree(venv)
    bin_folder = venv.parent / "bin"
    bin_folder.mkdir()
    (bin_folder / "python3").symlink_to(os.path.realpath(sys.executable))
    monkeypatch.setenv("PATH", str(bin_folder))
    result = hook("status")
    assert (result.status, result.out) == (2, "")
    assert result.err == (
        f"error: `{bin_folder}/python3` is not in a virtual environment, and its site directory is known "
        "only by running it\n"
        "hint: create one with `python -m venv .venv`, or name the interpreter with `--python`\n"
    )


@pytest.mark.parametrize("action", ["enable", "disable", "status"])
def test_a_site_directory_that_leads_out(hook: Callable[..., Result], venv: Path, action: str) -> None:
    """A link in a checkout does not choose another folder to write in."""
    elsewhere = venv.parent / "elsewhere"
    next(venv.glob("lib/python3.*/site-packages")).rename(elsewhere)
    site = next(venv.glob("lib/python3.*")) / "site-packages"
    site.symlink_to(elsewhere)
    result = hook(action)
    assert (result.status, result.out) == (2, "")
    assert result.err == (
        f"error: `{site}` is a link out of the environment, so the hook is not written there\n"
        "hint: recreate the environment with `python -m venv`\n"
    )
    assert sorted(path.name for path in elsewhere.glob("*pip_sysdeps*")) == []


def test_a_hook_that_is_a_pipe(hook: Callable[..., Result], venv: Path) -> None:
    """The command does not wait for a writer."""
    for name in (PTH_NAME, MODULE_NAME):
        os.mkfifo(next(venv.glob("lib/python3.*/site-packages")) / name)
    assert hook("status").out.splitlines()[0] == "state: incomplete"


def test_status_of_a_copied_environment(hook: Callable[..., Result], venv: Path) -> None:
    """It is reported that the hook of a copy does nothing, and `enable` binds it anew."""
    hook("enable")
    copy = shutil.copytree(venv, venv.parent / "copy", symlinks=True)
    result = hook("status", "--python", str(copy), "--json")
    document = json.loads(result.out)
    check_schema("hook", document)
    assert (result.status, document["state"]) == (1, "copied")
    hook("enable", "--python", str(copy))
    assert hook("status", "--python", str(copy)).out.splitlines()[0] == "state: current"


def test_refuses_the_tools_own_environment(
    hook: Callable[..., Result], venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment that pipx or uvx made for the tool is not used, and neither is `python3` on PATH there."""
    site = next(venv.glob("lib/python3.*/site-packages"))
    info = site / "pip_sysdeps-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pip-sysdeps\nVersion: 0\n")
    (info / "RECORD").write_text("pip_sysdeps-0.dist-info/METADATA,,\n")
    monkeypatch.setattr("sys.prefix", str(venv))
    result = hook("enable")
    assert result.status == 2
    assert result.err.splitlines()[0] == f"error: the environment `{venv}` holds nothing but pip-sysdeps itself"
    assert not (site / PTH_NAME).exists()
