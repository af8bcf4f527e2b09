"""`verify` on real release roots: what the loader would stop at is reported before, and the printed line repairs it."""

from __future__ import annotations

import json
import posixpath
import resource
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from builders.command import lock_of, pip_sysdeps
from builders.debian import SUITES, apt_install, copy_root, fresh_root, run_in
from builders.environments import VENV, build_root
from builders.images import local_python_root
from builders.truth import read_truth
from builders.venv import install

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.debian, pytest.mark.network]

PROJECT = "p01-webapp"


def released(suite: str, folder: Path) -> Path:
    """Lock the project in `folder`; return a release root with its environment and the installed line."""
    built = build_root(read_truth(PROJECT, suite).project)
    lock_of(built, VENV, folder)
    release = fresh_root(folder / "release", suite)
    shutil.copytree(built / VENV.lstrip("/"), release / VENV.lstrip("/"), symlinks=True)
    apt_install(release, pip_sysdeps("apt-line", "--target", f"debian-{suite}-amd64", cwd=folder).stdout.split())
    return release


def verify(release: Path, *options: str, status: int) -> dict[str, Any]:
    """Verify the release root with the lock beside it; return the document."""
    arguments = ["verify", "--json", "--root", str(release), "--python", VENV, *options]
    document: dict[str, Any] = json.loads(pip_sysdeps(*arguments, cwd=release.parent, status=status).stdout)
    return document


@pytest.mark.parametrize("suite", ["bookworm", pytest.param("trixie", marks=pytest.mark.exhaustive)])
def test_a_removed_package_is_caught_and_the_printed_line_mends_it(suite: str, tmp_path: Path) -> None:
    """A clean image passes, well under a second; without libpq5 it does not; after the printed line it does again."""
    release = released(suite, tmp_path)
    verify(release, status=0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    verify(release, status=0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2  # under one where nothing else runs

    run_in(release, ["dpkg", "--purge", "--force-depends", "libpq5"])
    found = verify(release, status=1)
    errors = [each for each in found["problems"] if each["severity"] == "error"]
    assert {(each["kind"], each["subject"], each["package"]) for each in errors} == {
        ("missing", "libpq.so.5", "libpq5")
    }
    assert "psycopg2" in {each["distribution"] for each in errors}
    imported = run_in(release, [f"{VENV}/bin/python", "-c", "import psycopg2"], check=False)
    assert "libpq.so.5: cannot open shared object file" in imported.stderr

    run_in(release, ["apt-get", "update", "-qq"])
    run_in(release, ["sh", "-c", found["command"]])
    verify(release, status=0)
    run_in(release, [f"{VENV}/bin/python", "-c", "import psycopg2"])


@pytest.mark.exhaustive
def test_an_environment_of_a_newer_release(tmp_path: Path) -> None:
    """Built and locked on Debian 13, released on Debian 12 with the same Python: verify says what ld.so will."""
    built = build_root(read_truth(PROJECT, "trixie").project)
    lock_of(built, VENV, tmp_path)
    release = copy_root(local_python_root("bookworm"), tmp_path / "release")
    shutil.copytree(built / VENV.lstrip("/"), release / VENV.lstrip("/"), symlinks=True)
    assert "no-interpreter" in {each["kind"] for each in verify(release, status=1)["problems"]}
    (release / VENV.lstrip("/") / "bin/python3").unlink()
    (release / VENV.lstrip("/") / "bin/python3").symlink_to("/usr/local/bin/python3.13")
    config = release / VENV.lstrip("/") / "pyvenv.cfg"
    config.write_text(config.read_text().replace("/usr/bin", "/usr/local/bin"))
    apt_install(release, verify(release, status=1)["install"])

    found = verify(release, status=1)
    kinds = {each["kind"] for each in found["problems"] if each["severity"] == "error"}
    assert {"not-locked", "missing-version"} <= kinds
    gaps = [each for each in found["problems"] if each["kind"] == "missing-version" and each["severity"] == "error"]
    for each in gaps:
        (file,) = each["files"]
        loaded = run_in(release, ["/usr/bin/ldd", file], check=False)
        assert f"version `{each['subject']}' not found (required by {file})" in loaded.stdout + loaded.stderr
    math = next(each for each in gaps if "_imagingmath" in each["files"][0])
    assert (math["distribution"], math["subject"]) == ("pillow", "GLIBC_2.38")
    imported = run_in(release, [f"{VENV}/bin/python", "-c", "import PIL._imagingmath"], check=False)
    assert "version `GLIBC_2.38' not found" in imported.stderr


@pytest.mark.parametrize("suite", [pytest.param(suite, marks=pytest.mark.exhaustive) for suite in SUITES])
def test_a_stale_cache(suite: str, tmp_path: Path) -> None:
    """A library put into /usr/local/lib by hand: found only after ldconfig, which is all that verify asks for."""
    release = released(suite, tmp_path)
    library = next((release / "usr/lib/x86_64-linux-gnu").glob("libpq.so.5.*"))
    shutil.copy(library, release / "usr/local/lib/libpq.so.5")
    run_in(release, ["dpkg", "--purge", "--force-depends", "libpq5"])
    run_in(release, ["sh", "-c", "mv /usr/local/lib/libpq.so.5 /tmp && ldconfig && mv /tmp/libpq.so.5 /usr/local/lib"])
    found = verify(release, status=1)
    assert {each["kind"] for each in found["problems"] if each["severity"] == "error"} == {"stale-cache"}
    assert found["install"] == []
    run_in(release, ["ldconfig"])
    verify(release, status=0)
    run_in(release, [f"{VENV}/bin/python", "-c", "import psycopg2"])


PROBE = """\
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        print(name, error)
"""
"""A program that tries to import modules, and prints those that fail."""


def test_the_standard_library_of_a_python_in_usr_local(tmp_path: Path) -> None:
    """Verify reports the extension modules that this Python cannot import; the printed line mends what is used."""
    release = copy_root(local_python_root("bookworm"), tmp_path / "release")
    library = next((release / "usr/local/lib").glob("python3.*"))
    names = {path.name.partition(".")[0] for path in (library / "lib-dynload").glob("*.so")} - {"_tkinter"}
    run_in(release, ["dpkg", "--purge", "--force-depends", "libssl3", "libsqlite3-0", "libreadline8"])
    install(library / "site-packages", "client", files={"client.py": b"import sqlite3, ssl\n"})

    failing = run_in(release, ["python3", "-c", PROBE, *sorted(names)]).stdout.splitlines()
    broken = {line.partition(" ")[0] for line in failing if "cannot open shared object file" in line}
    assert broken >= {"_hashlib", "_sqlite3", "_ssl", "readline"}
    found = _verify_local(release, status=1)
    errors = {each["subject"] for each in found["problems"] if each["severity"] == "error"}
    assert errors == {"libcrypto.so.3", "libsqlite3.so.0", "libssl.so.3"}
    files = {posixpath.basename(file) for each in found["problems"] for file in each["files"] if file.endswith(".so")}
    assert {name.partition(".")[0] for name in files} == broken - {"_hashlib", "_sqlite3", "_ssl"}  # those are errors

    run_in(release, ["apt-get", "update", "-qq"])
    run_in(release, ["sh", "-c", found["command"]])
    _verify_local(release, status=0)
    run_in(release, ["python3", "-c", "import client"])


def _verify_local(release: Path, *, status: int) -> dict[str, Any]:
    arguments = ["verify", "--json", "-v", "--root", str(release), "--python", "/usr/local", "--lockless"]
    document: dict[str, Any] = json.loads(pip_sysdeps(*arguments, cwd=release.parent, status=status).stdout)
    return document
