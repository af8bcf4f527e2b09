"""Build, index, lock, line, release and verify on an Ubuntu that is made here: see builders/ubuntu.py."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from builders.command import pip_sysdeps
from builders.debian import copy_root, made_once, run_in
from builders.environments import VENV
from builders.release_root import imports, installed
from builders.ubuntu import BUILD, COMPILER, Ubuntu, install, served_archive
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.lock.document import Target

pytestmark = [pytest.mark.debian, pytest.mark.network]

REPOSITORY = Path(__file__).parents[2]
REQUIREMENTS = ("opencv-python==5.0.0.93", "PySide6-Essentials==6.12.0", "psycopg2==2.9.13", "weasyprint==70.0")
PYTHONS = {"own": "/usr/bin/python3", "local": "/usr/local/bin/python3.13", "ppa": "/usr/bin/python3.11"}
TOOL = "/opt/sysdeps/bin/pip-sysdeps"
TARGET = "ubuntu-noble-amd64"
BORROWED = f"there is no index of {TARGET}: packages that are not installed are named as in debian-trixie"
WORKS = """
import cv2, psycopg2, weasyprint
from PySide6.QtWidgets import QApplication, QLabel
pdf = weasyprint.HTML(string="<p>text</p>").write_pdf()
app = QApplication([])
label = QLabel("text")
label.show()
print(pdf[:4].decode(), label.isVisible())
"""
"""Renders a page with Pango, and opens a window without a display."""


class Life(NamedTuple):
    """One Python on an Ubuntu."""

    ubuntu: Ubuntu
    """The archive."""
    python: str
    """Which Python."""
    build: Path
    """The root of the build stage, with the environment and pip-sysdeps."""

    def run(self, *argv: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run pip-sysdeps in the build stage, in a folder of its own."""
        done = run_in(self.build, ["env", "--chdir=/work", TOOL, *argv], check=False)
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def locked(self) -> Target:
        """Return the parsed lock."""
        (target,) = loads((self.build / "work/sysdeps.lock").read_text()).target
        return target

    def release(self, into: Path) -> Path:
        """Return a root of the release stage with the environment, and no package of the line."""
        root = self.ubuntu.fresh_root(into, python=self.python)
        copy_root(self.build / VENV[1:], root / VENV[1:])
        return root


@pytest.fixture(scope="module")
def ubuntu() -> Iterator[Ubuntu]:
    """Serve the archive."""
    with served_archive() as served:
        yield served


def environment_root(ubuntu: Ubuntu, python: str) -> Path:
    """Return the cached root in which the distributions are built and installed."""
    base = ubuntu.root(COMPILER if python == "local" else BUILD, python=python)
    with made_once(f"{base.name}-environment-1") as (root, unfinished):
        if unfinished is not None:
            copy_root(base, unfinished)
            run_in(unfinished, [PYTHONS[python], "-m", "venv", VENV])
            pip = [f"{VENV}/bin/pip", "install", "-q", "--no-cache-dir", "--retries=10", "--no-binary=psycopg2"]
            run_in(unfinished, [*pip, *REQUIREMENTS], env={"CFLAGS": "-O0"})
    return root


@pytest.fixture
def life(ubuntu: Ubuntu, request: pytest.FixtureRequest, tmp_path: Path) -> Life:
    """Make the build stage: the environment, and pip-sysdeps in one of its own."""
    python: str = request.param
    build = copy_root(environment_root(ubuntu, python), tmp_path / "build")
    ubuntu.configure(build, ppa=python == "ppa")
    (build / "work").mkdir()
    wheel = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(build / "opt/wheels"), str(REPOSITORY)]
    subprocess.run(wheel, check=True)
    (name,) = (path.name for path in (build / "opt/wheels").iterdir())
    run_in(build, ["python3", "-m", "venv", "/opt/sysdeps"])
    run_in(build, ["/opt/sysdeps/bin/pip", "install", "-q", "--no-cache-dir", "--retries=10", f"/opt/wheels/{name}"])
    return Life(ubuntu, python, build)


@pytest.mark.parametrize(
    "life",
    [
        "own",
        pytest.param("local", marks=pytest.mark.exhaustive),
        pytest.param("ppa", marks=pytest.mark.exhaustive),
    ],
    indirect=True,
)
def test_the_whole_life(life: Life, tmp_path: Path) -> None:
    """From a build stage without the libraries to a release stage in which everything works."""
    place = ("--python", VENV)
    assert not installed(life.build) & {"libgl1", "libegl1", "libpangoft2-1.0-0"}

    run_in(life.build, ["apt-get", "update", "-qq"])
    assert BORROWED in life.run("lock", *place).stderr
    borrowed = life.locked()
    assert (borrowed.id, borrowed.release, borrowed.note[: len(BORROWED)]) == (TARGET, "24.04", BORROWED)

    assert f"wrote the index of {TARGET}" in life.run("index", "update").stderr
    assert life.run("index", "show", TARGET, "libGL.so.1").stdout == "libGL.so.1: libgl1\n"
    life.run("lock", *place)
    target = life.locked()
    assert (target.id, target.note) == (TARGET, "")
    assert set(target.installs) == set(borrowed.installs), "where both have a name, it is the same"
    assert {"libgl1", "libegl1", "libpq5", "libpango-1.0-0", "libpangoft2-1.0-0"} <= set(target.installs)
    life.run("lock", "--check", *place)
    line = life.run("install-line").stdout.split()

    release = life.release(tmp_path / "release")
    base = json.loads(life.run("index", "show", TARGET, "--json").stdout)["base"]
    assert {"apt", "base-files", "libc6"} <= set(base) <= installed(release)
    shutil.copy(life.build / "work/sysdeps.lock", tmp_path)
    verify = ("verify", "--root", str(release), *place)
    missing = pip_sysdeps(*verify, cwd=tmp_path, status=1).stdout
    assert "libGL.so.1 is missing" in missing
    assert any("libGL.so.1" in error for error in imports(release).values())

    install(release, line)
    pip_sysdeps(*verify, cwd=tmp_path)
    assert {key: error for key, error in imports(release).items() if key[1] == 1 and error} == {}
    works = run_in(release, [f"{VENV}/bin/python", "-c", WORKS], env={"QT_QPA_PLATFORM": "offscreen"})
    assert works.stdout == "%PDF True\n"
