"""`pip-sysdeps run -- poetry install` and the like: the installer says where its environment is.

Fakes stand for the installers: they answer as the real ones did (poetry 2.5, pipenv 2026.10, hatch 1.18, pdm 2.29).
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.root import write
from builders.venv import install, make_venv

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = Elf(needed=("libpq.so.5", "libc.so.6")).build()
GOOD = {"pkg/_core.abi3.so": LIBRARY}


def fake(folder: Path, name: str, question: str, answer: str) -> None:
    """Put an installer on PATH that answers one question."""
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


def run(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run `pip-sysdeps run` in a project's folder, with the fakes first on PATH."""
    environ = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "CONDA_PREFIX"}}
    environ["PATH"] = f"{folder}/bin:{environ['PATH']}"
    command = [sys.executable, "-m", "pip_sysdeps", "run", *argv]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("name", "question", "answer"),
    [
        ("poetry", "env info --executable", "bin/python"),
        ("pipenv", "--py", "bin/python"),
        ("hatch", "env find", ""),
        ("pdm", "info --python", "bin/python"),
    ],
)
def test_the_installer_is_asked(tmp_path: Path, name: str, question: str, answer: str) -> None:
    """Its environment is elsewhere, and nothing in the project's folder leads there."""
    elsewhere = tmp_path / "elsewhere"
    install(
        make_venv(tmp_path, "/elsewhere", home=os.path.dirname(os.path.realpath(sys.executable))), "pkg", files=GOOD
    )
    path = f"{elsewhere}/{answer}".rstrip("/")
    fake(tmp_path, name, question, path)
    done = run(tmp_path, "--", name, "install")
    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == f"using the environment `{path}` ({name} {question})"
    assert 'name = "pkg"' in (tmp_path / "sysdeps.lock").read_text()


def test_the_packages_of_a_virtual_environment(tmp_path: Path) -> None:
    """A folder of packages that is no `__pypackages__` is passed over, and the Python is taken."""
    site = environment(tmp_path, "elsewhere")
    install(site, "pkg", files=GOOD)
    python = f"{tmp_path}/elsewhere/bin/python"
    script = f'#!/bin/sh\ncase "$*" in "info --packages") echo "{site}";; "info --python") echo "{python}";; esac\n'
    write(tmp_path / "bin/pdm", script).chmod(0o755)
    done = run(tmp_path, "--", "pdm", "sync")
    assert done.stderr.splitlines()[0] == f"using the environment `{python}` (pdm info --python)"


@pytest.mark.parametrize("launcher", [("uvx",), ("pipx", "run"), ("uv", "tool", "run"), ("python3", "-m")])
def test_a_launcher_is_asked_as_it_was_called(tmp_path: Path, launcher: tuple[str, ...]) -> None:
    """The installer itself may not be on PATH."""
    install(environment(tmp_path, "elsewhere"), "pkg", files=GOOD)
    words = " ".join((*launcher[1:], "poetry"))
    script = f'#!/bin/sh\n[ "$*" = "{words} env info --executable" ] && echo "{tmp_path}/elsewhere"\nexit 0\n'
    write(tmp_path / "bin" / launcher[0], script).chmod(0o755)
    done = run(tmp_path, "--", *launcher, "poetry", "install")
    assert done.stderr.splitlines()[0] == f"using the environment `{tmp_path}/elsewhere` (poetry env info --executable)"


@pytest.mark.parametrize(
    "command",
    [
        ("-e", "test", "run", "pytest"),
        ("--env=test", "shell"),
        ("env", "create", "test"),
        ("shell", "test"),
        ("run", "test:pytest", "-x"),
    ],
)
def test_a_named_environment_of_hatch(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Is the one that is asked for."""
    install(environment(tmp_path, "elsewhere"), "pkg", files=GOOD)
    script = f'#!/bin/sh\n[ "$*" = "env find test" ] && echo "{tmp_path}/elsewhere"\nexit 0\n'
    write(tmp_path / "bin/hatch", script).chmod(0o755)
    done = run(tmp_path, "--", "hatch", *command)
    assert done.stderr.splitlines()[0] == f"using the environment `{tmp_path}/elsewhere` (hatch env find test)"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("sync", "--python", "3.99"), "{0}/.venv` (uv sync)"),
        (("--directory", "{0}", "sync"), "{0}/.venv` (uv --directory)"),
        (("pip", "install", "--python", "{0}/other", "x"), "{0}/other` (--python)"),
        (("pip", "install", "--target", "{0}/deps", "x"), "{0}/deps` (--target)"),
        (("pip", "install", "-p", "3.99", "x"), "{0}/asked` (uv python find 3.99)"),
    ],
)
def test_what_uv_was_told(tmp_path: Path, command: tuple[str, ...], said: str) -> None:
    """The project's environment is its `.venv`, whatever Python `uv python find` prefers; options name others."""
    for name in (".venv", "other", "asked"):
        install(environment(tmp_path, name), "pkg", files=GOOD)
    install(tmp_path / "deps", "pkg", files=GOOD)
    script = f'#!/bin/sh\n[ "$*" = "python find 3.99" ] && echo "{tmp_path}/asked"\nexit 0\n'
    write(tmp_path / "bin/uv", script).chmod(0o755)
    done = run(tmp_path, "--", "uv", *(each.format(tmp_path) for each in command))
    assert done.stderr.splitlines()[0] == f"using the environment `{said.format(tmp_path)}"


def test_a_python_that_is_not_the_environments(tmp_path: Path) -> None:
    """Is a warning of `run` as it is of `lock`."""
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
    command = [sys.executable, "-m", "pip_sysdeps", "lock"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=60)
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


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 2)])
def test_a_good_lock_stays(tmp_path: Path, options: tuple[str, ...], status: int) -> None:
    """Where another environment is looked at, none of the distributions that the lock is about is installed."""
    install(environment(tmp_path, "one"), "pkg", files=GOOD)
    install(environment(tmp_path, "two"), "other")
    assert run(tmp_path, "--python", "one", "--", "true").returncode == 0
    good = (tmp_path / "sysdeps.lock").read_text()
    done = run(tmp_path, *options, "--python", "two", "--", "true")
    assert done.returncode == status
    assert done.stderr == (
        "pip-sysdeps: sysdeps.lock not updated: none of the distributions with needs in `sysdeps.lock` (pkg) is "
        f"installed in `{tmp_path}/two` (if it is a second environment for the same image, use `pip-sysdeps lock "
        "--name NAME --add-target`; if it replaces the locked one, use --replace)\n"
    )
    assert (tmp_path / "sysdeps.lock").read_text() == good
    assert run(tmp_path, "--replace", "--python", "two", "--", "true").returncode == 0
    assert 'name = "pkg"' not in (tmp_path / "sysdeps.lock").read_text()


def test_the_variable_of_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`uv python find` does not heed it, `uv sync` does."""
    install(environment(tmp_path, "elsewhere"), "pkg", files=GOOD)
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", f"{tmp_path}/elsewhere")
    write(tmp_path / "bin/uv", "#!/bin/sh\n").chmod(0o755)
    done = run(tmp_path, "--", "uv", "sync")
    assert done.stderr.splitlines()[0] == f"using the environment `{tmp_path}/elsewhere` (UV_PROJECT_ENVIRONMENT)"


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
            "pip-sysdeps: sysdeps.lock not updated: `poetry env info --executable` names no environment "
            "(select it with --python or --path)\n"
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


def lock(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run `pip-sysdeps lock` in a folder."""
    command = [sys.executable, "-m", "pip_sysdeps", "lock", *argv]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
