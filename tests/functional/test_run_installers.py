"""`pip-sysdeps run -- poetry install` and the like: the installer says where its environment is.

A fake stands for the installer, as in tests/unit/app/test_installers.py, which has every installer.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.forked import run_forked
from builders.root import write
from builders.venv import install, make_venv

if TYPE_CHECKING:
    from pathlib import Path

    from builders.forked import Finished

LIBRARY = Elf(needed=("libpq.so.5", "libc.so.6")).build()
GOOD = {"pkg/_core.abi3.so": LIBRARY}


def fake(folder: Path, name: str, question: str, answer: str) -> None:
    """Write an installer on PATH that answers one question."""
    script = f'#!/bin/sh\n[ "$*" = install ] && exit 0\n[ "$*" = "{question}" ] && echo "{answer}"\n'
    write(folder / "bin" / name, script).chmod(0o755)


def environment(folder: Path, name: str) -> Path:
    """Make a virtual environment of this machine's Python; give its site-packages."""
    python = os.path.realpath(sys.executable)
    site = make_venv(folder, f"/{name}", f"python3.{sys.version_info[1]}", home=os.path.dirname(python))
    for link in ("python", "python3"):
        (folder / name / "bin" / link).unlink()
        (folder / name / "bin" / link).symlink_to(python)
    return site


def run(folder: Path, *argv: str) -> Finished:
    """Run `pip-sysdeps run` in a project's folder, with the fakes first on PATH."""
    environ = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "CONDA_PREFIX"}}
    environ["PATH"] = f"{folder}/bin:{environ['PATH']}"
    return run_forked("run", *argv, cwd=folder, environ=environ)


def test_the_installer_is_asked(tmp_path: Path) -> None:
    """Its environment is elsewhere, and nothing in the project's folder leads there."""
    install(environment(tmp_path, "elsewhere"), "pkg", files=GOOD)
    python = f"{tmp_path}/elsewhere/bin/python"
    fake(tmp_path, "poetry", "env info --executable", python)
    done = run(tmp_path, "--", "poetry", "install")
    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == f"using the environment `{python}` (poetry env info --executable)"
    assert 'name = "pkg"' in (tmp_path / "sysdeps.lock").read_text()


def test_a_python_that_is_not_the_environments(tmp_path: Path) -> None:
    """`run` warns of it as `lock` does."""
    site = environment(tmp_path, ".venv")
    files = {"pkg/_core.cpython-399-x86_64-linux-gnu.so": LIBRARY}
    install(site, "pkg", tags=("cp399-cp399-linux_x86_64",), files=files)
    done = run(tmp_path, "--", "true")
    warning = "warning: pkg is built for cp399 (pkg/_core.cpython-399-x86_64-linux-gnu.so), but the environment runs cp"
    assert warning in done.stderr


@pytest.mark.parametrize("versions", [("3.12",), ("3.11", "3.12")])
def test_a_project_with_local_packages(tmp_path: Path, versions: tuple[str, ...]) -> None:
    """Means them where it has no virtual environment; of several versions one must be named."""
    for version in versions:
        install(tmp_path / f"__pypackages__/{version}/lib", "pkg", files=GOOD)
    environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = run_forked("lock", cwd=tmp_path, environ=environ)
    if len(versions) > 1:
        assert (done.returncode, done.stderr) == (
            2,
            (
                "error: `__pypackages__` has packages for Python 3.11 and 3.12\n"
                "hint: name one: --path __pypackages__/3.12\n"
            ),
        )
    else:
        assert f"`{tmp_path}/__pypackages__/3.12` (__pypackages__)" in done.stderr
        assert 'name = "pkg"' in (tmp_path / "sysdeps.lock").read_text()


def test_the_folder_of_pep_582(tmp_path: Path) -> None:
    """The distributions are in its `lib`, the scripts beside that, and its name is the version of Python."""
    packages = tmp_path / "__pypackages__/3.12"
    install(packages / "lib", "pkg", files=GOOD)
    fake(tmp_path, "pdm", "info --packages", str(packages))
    done = run(tmp_path, "--", "pdm", "install")
    assert done.stderr.splitlines()[0] == f"using the environment `{packages}/lib` (pdm info --packages)"
    assert 'python = "cp312"' in (tmp_path / "sysdeps.lock").read_text()


def test_a_lock_of_another_environment_stays(tmp_path: Path) -> None:
    """Where another environment is looked at, none of the distributions that the lock is about is installed."""
    install(environment(tmp_path, "one"), "pkg", files=GOOD)
    install(environment(tmp_path, "two"), "other")
    assert run(tmp_path, "--python", "one", "--", "true").returncode == 0
    good = (tmp_path / "sysdeps.lock").read_text()
    said = (
        "pip-sysdeps: sysdeps.lock not updated: none of the distributions with needs in `sysdeps.lock` (pkg) is "
        f"installed in `{tmp_path}/two` (if it is a second environment for the same image, use `pip-sysdeps lock "
        "--name NAME --add-target`; if it replaces the locked one, use --replace)\n"
    )
    for options, status in (((), 0), (("--strict",), 2)):
        done = run(tmp_path, *options, "--python", "two", "--", "true")
        assert (done.returncode, done.stderr) == (status, said)
    assert (tmp_path / "sysdeps.lock").read_text() == good
    assert run(tmp_path, "--replace", "--python", "two", "--", "true").returncode == 0
    assert 'name = "pkg"' not in (tmp_path / "sysdeps.lock").read_text()


def test_an_installer_that_does_not_answer(tmp_path: Path) -> None:
    """The environment is looked for as after any other command."""
    install(environment(tmp_path, ".venv"), "pkg", files=GOOD)
    write(tmp_path / "bin/poetry", '#!/bin/sh\n[ "$1" = install ]\n').chmod(0o755)
    done = run(tmp_path, "--", "poetry", "install")
    assert (done.returncode, "sysdeps.lock created" in done.stderr) == (0, True)
    assert "poetry" not in done.stderr


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 2)])
def test_an_installer_that_does_not_answer_and_no_environment_here(
    tmp_path: Path, options: tuple[str, ...], status: int
) -> None:
    """No other environment, such as that of the tool itself, is taken for the project's."""
    write(tmp_path / "bin/poetry", '#!/bin/sh\n[ "$1" = install ]\n').chmod(0o755)
    done = run(tmp_path, *options, "--", "poetry", "install")
    assert (done.returncode, done.stderr) == (
        status,
        (
            "pip-sysdeps: sysdeps.lock not updated: `poetry env info --executable` printed no "
            "environment (select one with --python or --path)\n"
        ),
    )
    assert not (tmp_path / "sysdeps.lock").exists()


@pytest.mark.slow
def test_lock_does_not_replace_a_good_lock_either(tmp_path: Path) -> None:
    """An error whose hint names two ways out for an environment that was named: a second target, or --replace."""
    install(environment(tmp_path, "one"), "pkg", files=GOOD)
    install(environment(tmp_path, "two"), "other")
    assert lock(tmp_path, "--python", "one").returncode == 0
    done = lock(tmp_path, "--python", "two")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        (
            "hint: if it is a second environment for the same image, use `pip-sysdeps lock --name NAME --add-target`; "
            "if it replaces the locked one, use --replace"
        ),
    )
    assert lock(tmp_path, "--python", "two", "--name", "two", "--add-target").returncode == 0
    assert 'name = "pkg"' in (tmp_path / "sysdeps.lock").read_text()
    assert lock(tmp_path, "--python", "two", "--replace").returncode == 0
    assert 'name = "pkg"' not in (tmp_path / "sysdeps.lock").read_text()


@pytest.mark.slow
def test_an_environment_that_was_found_is_more_likely_the_wrong_one(tmp_path: Path) -> None:
    """The hint then says to select another."""
    install(environment(tmp_path, "one"), "pkg", files=GOOD)
    install(environment(tmp_path, ".venv"), "other")
    assert lock(tmp_path, "--python", "one").returncode == 0
    done = lock(tmp_path)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        "hint: select the environment with --python or --path, or use --replace to write the lock anyway",
    )


def lock(folder: Path, *argv: str) -> Finished:
    """Run `pip-sysdeps lock` in a folder."""
    return run_forked("lock", *argv, cwd=folder)
