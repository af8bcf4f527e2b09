"""The project's own sdist and wheel: built twice to the same bytes, checked, and tested from a fresh environment."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.interpreters import interpreters
from builders.small_debian import LOCK, small_debian
from builders.system import VENV
from pip_sysdeps import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.network

PROJECT = Path(__file__).parents[2]
PARTS = ("src", "tests", "fuzz", "benchmarks", "docs", "examples", "share", "tools")
FILES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "sysdeps.lock.example", "pyproject.toml", "dev.py")


def build(folder: Path, *, umask: int, **settings: str) -> tuple[Path, Path]:
    """Build the sdist from a copy of the checkout, and the wheel from the sdist."""
    source = folder / "source"
    source.mkdir(parents=True)
    for name in PARTS:
        shutil.copytree(PROJECT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    for name in FILES:
        shutil.copy(PROJECT / name, source)
    command = [sys.executable, "-m", "build", "--outdir", str(folder / "dist"), str(source)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **settings}, umask=umask)
    (sdist,), (wheel,) = folder.glob("dist/*.tar.gz"), folder.glob("dist/*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return sdist and wheel."""
    return build(tmp_path_factory.mktemp("built"), umask=0o022)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_built_twice_to_the_same_bytes(built: tuple[Path, Path], tmp_path: Path) -> None:
    """Another folder, umask, time zone, locale and hash seed change no byte."""
    settings = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7", "HOME": str(tmp_path)}
    again = build(tmp_path / "a longer name than the other", umask=0o077, **settings)
    assert [digest(path) for path in again] == [digest(path) for path in built]


def test_checkers_are_content(built: tuple[Path, Path]) -> None:
    """Twine takes the metadata, check-wheel-contents the wheel."""
    for command in (["twine", "check", "--strict", *map(str, built)], ["check_wheel_contents", str(built[1])]):
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_in_them(built: tuple[Path, Path]) -> None:
    """The wheel has the package with its data and types, the sdist what the tests take; neither has anything odd."""
    sdist, wheel = built
    names = zipfile.ZipFile(wheel).namelist()
    package = {str(path.relative_to(PROJECT / "src")) for path in (PROJECT / "src").rglob("*") if path.is_file()}
    data = f"pip_sysdeps-{__version__}.data/data"
    shared = {f"{data}/{path.relative_to(PROJECT)}" for path in (PROJECT / "share").rglob("*") if path.is_file()}
    assert {name for name in names if "dist-info" not in name} == {
        *shared,
        *(each for each in package if "__pycache__" not in each),
    }
    assert {"pip_sysdeps/py.typed", "pip_sysdeps/data/debian.index"} <= set(names)
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {"tests/conftest.py", "fuzz/fuzz.py", "sysdeps.lock.example", "docs/lockfile.md"} <= inside


def test_no_pth_file(built: tuple[Path, Path], tmp_path: Path) -> None:
    """Neither the wheel nor an environment that it is installed in has one: only `hook enable` writes the hook."""
    sdist, wheel = built
    with tarfile.open(sdist) as archive:
        names = [*zipfile.ZipFile(wheel).namelist(), *archive.getnames()]
    assert [name for name in names if name.endswith((".pth", "_pip_sysdeps_hook.py"))] == []
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    before = set(environment.rglob("*.pth"))
    subprocess.run([environment / "bin" / "pip", "install", "--quiet", "--no-deps", str(wheel)], check=True)
    assert set(environment.rglob("*.pth")) == before


def dependencies() -> dict[str, str]:
    """Return the minimum version of each dependency that the project supports."""
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    (block,) = re.findall(r"^dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r'"([a-z]+)>=([0-9.]+)"', block))


def fresh(folder: Path, interpreter: str, wheel: Path, *, lowest: bool) -> Path:
    """Install the wheel in a new environment; give its Python."""
    subprocess.run([interpreter, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    pins = [f"{name}=={version}" for name, version in dependencies().items()] if lowest else []
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "10"]
    subprocess.run([*command, str(wheel), *pins], check=True)
    return python


def outside() -> Mapping[str, str]:
    """Return an environment in which nothing of the checkout is found."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def works(python: Path, folder: Path) -> None:
    """Lock a small Debian and print the line with the installed command alone."""
    root = small_debian(folder / "root")
    tool = str(python.with_name("pip-sysdeps"))
    lock = folder / "sysdeps.lock"
    command = [tool, "lock", "--root", str(root), "--python", VENV, "-o", str(lock)]
    for _ in range(2):  # the second one reads what is there
        subprocess.run(command, check=True, cwd=folder, env=outside())
    assert lock.read_text() == LOCK
    line = [tool, "apt-line", "--lock", str(lock), "--target", "debian-bookworm-amd64"]
    done = subprocess.run(line, check=True, cwd=folder, env=outside(), capture_output=True, text=True)
    assert done.stdout == "libpq5\n"


def test_installed_with_the_lowest_dependencies(built: tuple[Path, Path], tmp_path: Path) -> None:
    """The oldest interpreter that is here, and the minimum versions that the metadata allows, do."""
    interpreter = next(iter(interpreters().values()))
    works(fresh(tmp_path / "venv", interpreter, built[1], lowest=True), tmp_path)


TOOLS = ["pytest", "hypothesis", "pyelftools", "pyyaml", "jsonschema", "coverage[toml]", "auditwheel"]
TOOLS += ["cyclonedx-python-lib[json-validation]", "markdown-it-py[linkify]"]
"""What the chosen tests import."""
NEEDS_OTHERS = "tests/unit/packages/test_index.py::test_a_cache_of_another_user_is_not_asked"
"""Becomes another user, who may not read what is installed in pytest's folder."""


@pytest.mark.exhaustive
@pytest.mark.parametrize("lowest", [True, False], ids=["lowest", "newest"])
@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13"])
def test_the_quick_tests_pass_from_the_sdist(
    built: tuple[Path, Path], tmp_path: Path, version: str, lowest: bool
) -> None:
    """The tests of the sdist, run against the installed wheel, with the lowest and the newest dependencies."""
    if version not in interpreters():
        pytest.skip(f"install Python {version}")
    sdist, wheel = built
    python = fresh(tmp_path / "venv", interpreters()[version], wheel, lowest=lowest)
    pins = [f"{name}=={least}" for name, least in dependencies().items()] if lowest else []
    works(python, tmp_path)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "sdist", filter="data")
    (source,) = (tmp_path / "sdist").iterdir()
    shutil.rmtree(source / "src")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "10"]
    subprocess.run([*pip, *TOOLS, *pins], check=True)
    chosen = ["tests/unit", "tests/functional/test_lock.py", "tests/functional/test_faults.py", "tests/property"]
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--deselect={NEEDS_OTHERS}", *chosen]
    done = subprocess.run(command, cwd=source, env=outside(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
