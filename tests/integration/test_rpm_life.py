"""The life of a lock on an rpm system: built in one root, locked, installed by dnf in another, imported, verified."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from builders.command import pip_sysdeps
from builders.debian import CA_BUNDLE, debian_root, made_once, run_in
from builders.root import write
from builders.rpm import PACKAGES, SUITE, rpm_repository, rpm_root, with_repository
from pip_sysdeps.packages.rpm.install import PROGRAMS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.debian, pytest.mark.network, pytest.mark.exhaustive]

VENV = "/opt/venv"
BUILD = ("python3-venv", "python3-dev", "build-essential", "pkg-config", "libpq-dev", "libxml2-dev", "libxslt1-dev")
RELEASE = ("python3", "dnf", "rpm", "dash", "coreutils", "findutils")
TARGET = "fedora-40-x86_64"
IMPORT = "import psycopg2, lxml.etree; print(psycopg2.__libpq_version__, lxml.etree.LIBXML_VERSION)"


@pytest.fixture(scope="module")
def built() -> Path:
    """Return a root of rpm packages with psycopg2 and lxml built in an environment; nobody may change it."""
    digest = rpm_repository().name.rpartition("-")[2]
    with made_once(f"rpm-built-{digest}") as (made, unfinished):
        if unfinished is not None:
            _build(rpm_root(unfinished, [*BUILD, "dash", "coreutils", "ca-certificates"]))
    return made


def _build(root: Path) -> None:
    """Build the distributions from source, by the index that the Debian roots use."""
    debian = debian_root(SUITE, "build", PACKAGES)
    for name in ("etc/pip.conf", CA_BUNDLE.lstrip("/")):
        if (debian / name).is_file():
            shutil.copyfile(debian / name, root / name)
    write(root / "etc/resolv.conf")
    write(root / "tmp/.keep")
    (root / "tmp").chmod(0o1777)
    run_in(root, ["python3", "-m", "venv", VENV])
    pip = [f"{VENV}/bin/pip", "install", "--no-binary", "psycopg2,lxml", "--no-cache-dir"]
    run_in(root, [*pip, "psycopg2==2.9.10", "lxml==5.3.0"], env={"CFLAGS": "-O0"})
    run_in(root, [f"{VENV}/bin/python", "-c", IMPORT])


def line_by_metadata(release: Path, folder: Path) -> str:
    """Lock where the libraries are not installed, by the metadata that dnf has downloaded, and return the line."""
    folder.mkdir()
    run_in(release, ["dnf", "makecache"])
    pip_sysdeps("lock", "--root", str(release), "--python", VENV, cwd=folder)
    return pip_sysdeps("install-line", "--target", TARGET, cwd=folder).stdout


def test_the_life_of_a_lock(built: Path, tmp_path: Path) -> None:
    """The lock's line installs what the environment needs: it imports, and verify finds no problem."""
    pip_sysdeps("lock", "--root", str(built), "--python", VENV, cwd=tmp_path)
    line = pip_sysdeps("install-line", "--target", TARGET, cwd=tmp_path).stdout
    release = with_repository(rpm_root(tmp_path / "release", RELEASE))
    shutil.copytree(built / VENV.lstrip("/"), release / VENV.lstrip("/"), symlinks=True)
    assert run_in(release, [f"{VENV}/bin/python", "-c", IMPORT], check=False).returncode == 1
    assert line_by_metadata(release, tmp_path / "elsewhere") == line
    write(release / "packages.txt", line)
    run_in(release, ["sh", "-c", f"xargs -r -a /packages.txt {PROGRAMS['dnf'].install}"])
    run_in(release, [f"{VENV}/bin/python", "-c", IMPORT])
    pip_sysdeps("verify", "--root", str(release), "--python", VENV, cwd=tmp_path)
