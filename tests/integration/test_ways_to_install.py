"""The ways in which recipes install: each gives the same needs, and a release root in which everything imports."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from builders.command import pip_sysdeps
from builders.debian import apt_install, copy_root, debian_root, fresh_root, run_in
from builders.images import local_python_root
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pip_sysdeps.lock.document import Target

pytestmark = [pytest.mark.debian, pytest.mark.network, pytest.mark.exhaustive]

REQUIREMENTS = ("psycopg2==2.9.13", "ninja==1.13.2", "pillow==13.0.0", "tbb==2023.2.0")
"""From source; a program in bin; libraries in a folder of their own; libraries in lib.

The last are no part of what is expected: `pip install --target` does not install them.
"""

IMPORTS = "import psycopg2, ninja, PIL._imaging; print('imported')"

EXPECTED = {
    "ninja": {"libgcc-s1", "libstdc++6"},
    "pillow": {"libgcc-s1", "libstdc++6", "zlib1g"},
    "psycopg2": {"libpq5"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to install, and how to use the resulting environment."""

    suite: str
    """Code name of the release."""
    install: tuple[str, ...]
    """What follows `pip install` and the requirements."""
    found_by: tuple[str, ...]
    """The option of `lock` that names it."""
    copied: str
    """What goes into the release root, at the same place."""
    path: str = ""
    """PYTHONPATH in the release root."""
    venv: bool = False
    """Made with the pip of a virtual environment in /opt/venv."""
    local: bool = False
    """With a Python in /usr/local that no package owns."""

    @property
    def python(self) -> str:
        """Name the interpreter that installs and imports."""
        return "/opt/venv/bin/python" if self.venv else "/usr/local/bin/python3" if self.local else "/usr/bin/python3"


def ways(suite: str, python: str) -> dict[str, Way]:
    """Return the ways of one release, whose Python is of this version."""
    site = f"lib/python{python}/site-packages"
    return {
        "venv": Way(suite=suite, install=(), found_by=("--python", "/opt/venv"), copied="opt", venv=True),
        "target": Way(
            suite=suite,
            install=("--target=/deps",),
            found_by=("--path", "/deps"),
            copied="deps",
            path="/deps",
        ),
        "prefix": Way(
            suite=suite,
            install=("--prefix=/install",),
            found_by=("--path", "/install"),
            copied="install",
            path=f"/install/local/lib/python{python}/dist-packages:/install/{site}",
        ),
        "user": Way(
            suite=suite,
            install=("--user", "--break-system-packages"),
            found_by=("--path", "/root/.local"),
            copied="root/.local",
        ),
        "usr-local": Way(
            suite=suite,
            install=("--break-system-packages",),
            found_by=("--path", "/usr/local"),
            copied="usr/local",
        ),
    }


WAYS = {
    **{f"bookworm-{name}": way for name, way in ways("bookworm", "3.11").items()},
    **{f"trixie-{name}": way for name, way in ways("trixie", "3.13").items()},
    "python-in-usr-local-prefix": Way(
        suite="bookworm",
        install=("--prefix=/install",),
        found_by=("--path", "/install"),
        copied="install",
        local=True,
    ),
    "python-in-usr-local-itself": Way(
        suite="bookworm", install=(), found_by=("--python", "/usr/local"), copied="usr/local", local=True
    ),
    "python-in-usr-local-venv": Way(
        suite="bookworm", install=(), found_by=("--python", "/opt/venv"), copied="opt", local=True, venv=True
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder that is removed afterwards: two roots take gigabytes."""
    yield tmp_path
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_way_to_install(way: Way, folder: Path) -> None:
    """The lock has the packages that each distribution needs, and what was copied imports with the line installed."""
    built = built_root(way, folder / "built")
    pip_sysdeps("lock", "--root", str(built), *way.found_by, cwd=folder)
    (target,) = loads((folder / "sysdeps.lock").read_text(encoding="utf-8")).target
    assert needs_of(target, EXPECTED.__contains__) == EXPECTED
    assert target.unattributed == ()
    assert not [each for each in target.unresolved if each.when == "import"]

    line = pip_sysdeps("apt-line", "--target", target.id, cwd=folder).stdout.split()
    release = release_of(way, folder / "release")
    copy_root(built / way.copied, release / way.copied)
    apt_install(release, line)
    path = way.path or _site_of_prefix(release)
    imported = run_in(release, [way.python, "-c", IMPORTS], env={"PYTHONPATH": path})
    assert imported.stdout == "imported\n"


def needs_of(target: Target, wanted: Callable[[str], bool]) -> dict[str, set[str]]:
    """Return the packages that ELF files of some distributions need."""
    return {
        each.name: {need.package for need in each.needs if need.package and need.when in {"import", "plugin"}}
        for each in target.distribution
        if wanted(each.name)
    }


def _site_of_prefix(release: Path) -> str:
    """Return the site-packages of /install, where that is what the image's own Python made."""
    return ":".join(f"/{found.relative_to(release)}" for found in release.glob("install/lib/python3*/site-packages"))


def built_root(way: Way, into: Path) -> Path:
    """Make a root in which the requirements are installed in this way."""
    copy_root(local_python_root(way.suite) if way.local else debian_root(way.suite, "build"), into)
    compiler = ["gcc", "libc6-dev"] if way.local else ["python3-pip"]
    apt_install(into, [*compiler, "libpq-dev"])
    if way.venv:
        base = "/usr/local/bin/python3" if way.local else "/usr/bin/python3"
        run_in(into, [base, "-m", "venv", "/opt/venv"])
    pip = [way.python, "-m", "pip", "install", "--no-cache-dir", "--retries=10", "--no-binary=psycopg2"]
    run_in(into, [*pip, *way.install, *REQUIREMENTS])
    return into


def release_of(way: Way, into: Path) -> Path:
    """Make a root of one's own in which the release starts."""
    return copy_root(local_python_root(way.suite), into) if way.local else fresh_root(into, way.suite)
