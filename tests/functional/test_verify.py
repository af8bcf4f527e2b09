"""`pip-sysdeps verify`: what is wrong with a release image, each problem with its evidence, and what repairs it."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from builders.dpkg import Package, write_database, write_status_d
from builders.elf import Elf
from builders.release import EXTENSION, LIBC6, LIBPQ, LIBPQ5, PSYCOPG, PYTHON, make_release
from builders.root import write
from builders.schemas import check_schema
from builders.small_debian import copy_of
from builders.system import LIB, LOADER, write_library
from builders.venv import install, make_interpreter
from pip_sysdeps.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SITE = "opt/venv/lib/python3.11/site-packages"
MODULE = f"/{SITE}/{EXTENSION}"
FOUND = "/lib/x86_64-linux-gnu"
APT_GET = "apt-get install -y --no-install-recommends -o APT::Cmd::Pattern-Only=true"


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a release root in which everything works, and its lock in the root; nobody may change it."""
    folder = tmp_path_factory.mktemp("release")
    make_release(folder)
    lock(folder)
    return folder


@pytest.fixture
def root(released: Path, tmp_path: Path) -> Path:
    """Return a copy of the release root, to change at will."""
    return copy_of(released, tmp_path)


def lock(root: Path) -> None:
    """Lock the environment of a root."""
    options = ["--root", str(root), "--python", "/opt/venv", "-o", str(root / "sysdeps.lock")]
    assert main(["-q", "lock", *options]) == 0


def verify(root: Path, *options: str) -> int:
    """Verify the environment of a root by its lock, unless the options say otherwise."""
    held = () if "--lockless" in options else ("--lock", str(root / "sysdeps.lock"))
    return main(["verify", "--root", str(root), "--python", "/opt/venv", *held, *options])


def test_a_clean_image_passes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing on stdout, one line on stderr, status 0."""
    assert verify(root) == 0
    assert capsys.readouterr() == ("", "`/opt/venv` works on debian-bookworm-amd64: 1 distribution checked\n")


def test_a_missing_library_prints_the_install_command(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the distribution, the file that needs the library, and the package."""
    (root / LIB / "libpq.so.5").unlink()
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        f"error: psycopg2: libpq.so.5 is missing: install libpq5 [missing]\n    {MODULE}\n\n{APT_GET} libpq5\n"
    )


def test_a_missing_symbol_version(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A version that ld.so would not find is reported with its library, distribution and file."""
    newer = Elf(needed=PSYCOPG.needed, version_needs=(("libc.so.6", ("GLIBC_2.2.5", "GLIBC_2.38")),))
    write(root / MODULE.lstrip("/"), newer.build())
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        f"error: psycopg2: GLIBC_2.38 is not in {FOUND}/libc.so.6 (libc6 2.36-9) [missing-version]\n    {MODULE}\n"
    )


@pytest.mark.parametrize(
    ("needed", "library"),
    [
        ("LIBPQ_15?", Elf(soname="libpq.so.5", version_definitions=("LIBPQ_14",))),
        ("LIBPQ_15", Elf(soname="libpq.so.5")),
    ],
)
def test_faults_that_ld_so_only_warns_about(
    root: Path, capsys: pytest.CaptureFixture[str], needed: str, library: Elf
) -> None:
    """A weak reference, and a library without any versions."""
    write(root / MODULE.lstrip("/"), Elf(needed=PSYCOPG.needed, version_needs=(("libpq.so.5", (needed,)),)).build())
    write(root / LIB / "libpq.so.5", library.build())
    assert verify(root) == 0
    assert capsys.readouterr().out == (
        f"warning: psycopg2: {needed.rstrip('?')} is not in {FOUND}/libpq.so.5 (libpq5 15.14-0): ld.so only warns "
        f"[missing-version]\n    {MODULE}\n"
    )


def test_a_library_with_only_a_base_version_counts_as_versioned(root: Path) -> None:
    """It has a DT_VERDEF, so ld.so stops."""
    write(root / MODULE.lstrip("/"), Elf(needed=PSYCOPG.needed, version_needs=(("libpq.so.5", ("V_1",)),)).build())
    write(root / LIB / "libpq.so.5", Elf(soname="libpq.so.5", version_definitions=("libpq.so.5",)).build())
    assert verify(root) == 1


def test_the_interpreter_itself_is_checked(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A Python that was copied from a newer release: its libraries and its symbol versions."""
    python = Elf(
        needed=("libc.so.6", "libexpat.so.1"), interpreter=LOADER, version_needs=(("libc.so.6", ("GLIBC_2.38",)),)
    )
    write(root / "usr/bin/python3.11", python.build())
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        "error: libexpat.so.1, which /usr/bin/python3.11 needs, is missing: install libexpat1 [missing]\n"
        "    /usr/bin/python3.11\n"
        f"error: GLIBC_2.38 is not in {FOUND}/libc.so.6 (libc6 2.36-9) [missing-version]\n"
        "    /usr/bin/python3.11\n\n"
        f"{APT_GET} libexpat1\n"
    )


def test_the_standard_library_is_checked(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A copied Python whose extension modules lack libraries: an error where the environment imports one of them."""
    library = root / "usr/lib/python3.11"
    for name, soname in (("_ssl", "libssl.so.3"), ("readline", "libreadline.so.8"), ("_tkinter", "libtk8.6.so")):
        write(library / f"lib-dynload/{name}.cpython-311-x86_64-linux-gnu.so", Elf(needed=(soname,)).build())
    write(library / "ssl.py", b"import _ssl\n")
    assert verify(root) == 0
    capsys.readouterr()
    assert verify(root, "-v") == 0
    assert capsys.readouterr().out == "".join(
        f"warning: {soname}, which {path} needs, is missing: install {package} [missing]\n    {path}\n"
        for name, soname, package in (
            ("readline", "libreadline.so.8", "libreadline8"),
            ("_ssl", "libssl.so.3", "libssl3"),
        )
        for path in [f"/usr/lib/python3.11/lib-dynload/{name}.cpython-311-x86_64-linux-gnu.so"]
    )
    install(root / SITE, "client", files={"client/__init__.py": b"import ssl\n"})
    assert verify(root, "--lockless") == 1
    assert capsys.readouterr().out == (
        "error: client: libssl.so.3, which /usr/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so needs, "
        f"is missing: install libssl3 [missing]\n    /{SITE}/client/__init__.py\n\n{APT_GET} libssl3\n"
    )


def test_no_interpreter(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An environment whose Python was left behind in the build stage."""
    (root / "usr/bin/python3.11").unlink()
    assert verify(root) == 1
    assert "error: no Python in the image can run `/opt/venv` [no-interpreter]\n" in capsys.readouterr().out


def test_an_interpreter_of_another_version(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The environment was copied into an image whose python3 is newer: nothing of it would be found."""
    make_interpreter(root, "/usr/local", "python3.13")
    write(root / "usr/local/bin/python3.13", Elf(needed=("libc.so.6",), interpreter=LOADER).build())
    python = root / "opt/venv/bin/python3"
    python.unlink()
    python.symlink_to("/usr/local/bin/python3")
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        "error: `/opt/venv` has lib/python3.11, but its bin/python3 is python3.13 [no-interpreter]\n"
    )


def test_an_environment_that_names_another_path(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The image has the Python, but not at the path that the environment's link points to."""
    python = root / "opt/venv/bin/python3"
    python.unlink()
    python.symlink_to("/usr/local/bin/python3.11")
    assert verify(root) == 1
    assert "error: `/opt/venv/bin/python3` is missing or a broken link [no-interpreter]\n" in capsys.readouterr().out


def test_a_library_of_a_library(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file copied without its package: what it needs in turn is looked for too."""
    write(root / LIB / "libpq.so.5", Elf(soname="libpq.so.5", needed=("libldap-2.5.so.0",)).build())
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        f"error: psycopg2: libldap-2.5.so.0, which {FOUND}/libpq.so.5 needs, is missing: install libldap-2.5-0 "
        f"[missing]\n    {FOUND}/libpq.so.5\n\n{APT_GET} libldap-2.5-0\n"
    )


def locked_with_a_built_library(root: Path) -> None:
    """Lock an environment that needs a library which was built into /usr/local/lib and belongs to no package."""
    install(root / SITE, "built", files={"built/_core.abi3.so": Elf(needed=("libbuilt.so.1",)).build()})
    write(root / "etc/ld.so.conf", "/usr/local/lib\n")
    write(root / "usr/local/lib/libbuilt.so.1", Elf(soname="libbuilt.so.1").build())
    subprocess.run(["/sbin/ldconfig", "-r", str(root)], check=True, capture_output=True)
    lock(root)


@pytest.mark.toolchain
def test_a_library_without_a_package_must_be_copied(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is an error with and without a lock, and the message names the file to copy."""
    locked_with_a_built_library(root)
    assert verify(root) == 0
    capsys.readouterr()
    (root / "usr/local/lib/libbuilt.so.1").unlink()
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        "error: built: libbuilt.so.1 is missing: copy /usr/local/lib/libbuilt.so.1 from the build stage, then run "
        f"ldconfig [missing]\n    /{SITE}/built/_core.abi3.so\n\n"
        "COPY --from=build /usr/local/lib/libbuilt.so.1 /usr/local/lib/libbuilt.so.1\nRUN ldconfig\n"
    )
    assert verify(root, "--lockless") == 1


def test_a_copied_library_outside_the_configured_folders(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The build stage's ld.so.conf names it, and that of the image does not: what adds it is to be pasted."""
    install(root / SITE, "built", files={"built/_core.abi3.so": Elf(needed=("libbuilt.so.1",)).build()})
    write(root / "etc/ld.so.conf", "/opt/built/lib\n")
    write(root / "opt/built/lib/libbuilt.so.1", Elf(soname="libbuilt.so.1").build())
    subprocess.run(["/sbin/ldconfig", "-r", str(root)], check=True, capture_output=True)
    lock(root)
    capsys.readouterr()
    for name in ("etc/ld.so.conf", "etc/ld.so.cache"):
        (root / name).unlink()
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        "error: built: libbuilt.so.1 is at /opt/built/lib/libbuilt.so.1, where the loader does not search [missing]\n"
        f"    /{SITE}/built/_core.abi3.so\n\n"
        "RUN printf '%s\\n' /opt/built/lib > /etc/ld.so.conf.d/copied.conf && ldconfig\n"
    )


def test_a_library_that_the_loader_does_not_reach(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder is named, for pyproject.toml and for the image."""
    install(root / SITE, "numbers", files={"numbers/_n.abi3.so": Elf(needed=("libnum.so.0",)).build()})
    install(root / SITE, "num", files={"../../libnum.so.0": Elf(soname="libnum.so.0").build()})
    lock(root)
    capsys.readouterr()
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        "error: numbers: libnum.so.0 is at /opt/venv/lib/libnum.so.0, where the loader does not search: "
        '`library-path = ["/opt/venv/lib"]` in pyproject.toml with `ENV LD_LIBRARY_PATH=/opt/venv/lib` in the image '
        f"reaches it [missing]\n    /{SITE}/numbers/_n.abi3.so\n\nENV LD_LIBRARY_PATH=/opt/venv/lib\n"
    )


@pytest.mark.toolchain
def test_a_copied_library_needs_ldconfig(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The library is in a folder of ld.so.conf, but not in the cache."""
    locked_with_a_built_library(root)
    (root / "etc/ld.so.cache").unlink()
    capsys.readouterr()
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        "error: built: libbuilt.so.1 is in the image, but not in /etc/ld.so.cache: run ldconfig [stale-cache]\n"
        f"    /{SITE}/built/_core.abi3.so\n\nRUN ldconfig\n"
    )


@pytest.mark.toolchain
def test_a_stale_cache_is_its_own_finding(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The library is there, no package is missing, and ldconfig was not run; afterwards all is well."""
    (root / LIB / "libpq.so.5").unlink()
    write(root / "etc/ld.so.conf", "/opt/pq\n")
    write(root / "opt/pq/libpq.so.5", LIBPQ.build())
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        "error: psycopg2: libpq.so.5 is in the image, but not in /etc/ld.so.cache: run ldconfig [stale-cache]\n"
        f"    {MODULE}\n\nRUN ldconfig\n"
    )
    subprocess.run(["/sbin/ldconfig", "-r", str(root)], check=True, capture_output=True)
    assert verify(root) == 0


def test_an_old_package(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Below the lock's min; the line upgrades it."""
    status = root / "var/lib/dpkg/status"
    status.write_text(status.read_text().replace("15.14-0", "9.6-1"))
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        f"error: libpq5 9.6-1 is installed, the lock needs 10~~ or later [old-package]\n\n{APT_GET} libpq5\n"
    )


@pytest.mark.parametrize(("version", "status"), [("9.6-1", 1), ("10~~", 0), ("1:1", 0)])
def test_versions_are_compared_as_dpkg_does(root: Path, version: str, status: int) -> None:
    """Tildes sort first, and epochs are compared before the rest."""
    database = root / "var/lib/dpkg/status"
    database.write_text(database.read_text().replace("15.14-0", version))
    assert verify(root) == status


def test_distributions_that_are_not_those_of_the_lock(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another version, another wheel, one too few, one too many; one without needs is not reported."""
    text = (root / "sysdeps.lock").read_text()
    (root / "sysdeps.lock").write_text(text.replace('"2.9.13"', '"2.9.12"'))
    install(root / SITE, "extra", "1.0", files={"extra.abi3.so": Elf(needed=("libpq.so.5",)).build()})
    install(root / SITE, "pure", "1.0", files={"pure.py": b""})
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        "error: extra 1.0 is installed and has needs, but is not locked [not-locked]\n"
        "error: psycopg2 2.9.12 is locked, 2.9.13 is installed [not-locked]\n"
    )
    (root / "sysdeps.lock").write_text(text.replace("cp311-cp311-linux", "cp311-cp311-manylinux_2_17"))
    assert verify(root) == 1
    assert (
        "error: psycopg2 2.9.13: cp311-cp311-manylinux_2_17_x86_64 is locked, cp311-cp311-linux_x86_64 is installed"
        in capsys.readouterr().out
    )
    (root / "sysdeps.lock").write_text(text.replace('name = "psycopg2"', 'name = "gone"'))
    assert verify(root) == 1
    assert "error: gone 2.9.13 is locked, but not installed [not-locked]\n" in capsys.readouterr().out


def test_a_lock_of_another_release(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a finding (status 1, not 2), and missing libraries are reported too."""
    text = (root / "sysdeps.lock").read_text()
    (root / "sysdeps.lock").write_text(text.replace("debian-bookworm", "debian-trixie").replace('"12"', '"13"'))
    (root / LIB / "libpq.so.5").unlink()
    assert verify(root) == 1
    out = capsys.readouterr().out
    assert out.startswith(
        "error: the lock has no target for this system (debian-bookworm-amd64), only debian-trixie-amd64 [not-locked]\n"
        "error: psycopg2: libpq.so.5 is missing: install libpq5 [missing]\n"
    )


@pytest.mark.parametrize(("content", "tag", "status"), [("foreign", "linux_aarch64", 1), ("both", "any", 0)])
def test_foreign_files(root: Path, capsys: pytest.CaptureFixture[str], content: str, tag: str, status: int) -> None:
    """An error where a distribution has nothing else to load; a warning, and no need, for one that lies about."""
    files = {"other/driver": Elf(machine=183).build()}
    install(root / SITE, "other", files=files, tags=[f"py3-none-{tag}"])
    assert verify(root, "-v") == status, content
    severity = "error" if status else "warning"
    assert capsys.readouterr().out == (
        f"{severity}: other: /{SITE}/other/driver is made for AArch64 (64-bit, little-endian), not for x86-64 "
        "(64-bit, little-endian) [foreign-file]\n"
    )


def test_undefined_symbols(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A symbol that an import binds and no library defines is an error; if its version is missing, only that is."""
    lacking = replace(
        PSYCOPG, undefined=("PQexec", "PQnew", "PQnewer", "PQnever"), bound=("PQexec", "PQnewer", "PQnew")
    )
    write(root / MODULE[1:], lacking.build())
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        f"error: psycopg2: undefined symbol PQnew (and 1 more): no library defines it [missing-symbol]\n    {MODULE}\n"
    )
    write(root / MODULE[1:], replace(lacking, version_needs=(("libc.so.6", ("GLIBC_2.99",)),)).build())
    assert verify(root) == 1
    assert "[missing-version]" in (out := capsys.readouterr().out)
    assert "[missing-symbol]" not in out


@pytest.mark.parametrize(
    "extra", ["a plugin of another program", "an import that lacks a library", "served by another"]
)
def test_undefined_symbols_that_may_be_there(root: Path, capsys: pytest.CaptureFixture[str], extra: str) -> None:
    """It is not an error if an object that cannot be examined may define the symbol."""
    needed, defined = ("libnowhere.so.1",) if "lacks" in extra else (), () if "plugin" in extra else ("PyInit_m",)
    module = Elf(needed=needed, defined=defined, undefined=("thing",), bound=("thing",)).build()
    other = Elf(defined=("PyInit_o", *(["thing"] if "served" in extra else []))).build()
    install(root / SITE, "m", files={"m.abi3.so": module, "o.abi3.so": other})
    verify(root, "--lockless")
    assert "[missing-symbol]" not in capsys.readouterr().out


def test_a_file_that_is_gone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file of a RECORD is a warning, because it may have been removed on purpose."""
    (root / MODULE[1:]).unlink()
    assert verify(root) == 0
    assert capsys.readouterr().out == (
        f"warning: psycopg2: files listed in its RECORD are missing [missing-file]\n    {MODULE}\n"
    )


def test_an_editable_install_without_its_project(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """If only the environment was copied, it is an error, because the import fails."""
    url = '{"url": "file:///src", "dir_info": {"editable": true}}'
    files = {"__editable__.app-1.0.pth": b"/src\n"}
    install(root / SITE, "app", files=files, metadata={"direct_url.json": url})
    assert verify(root, "--lockless") == 1
    assert capsys.readouterr().out == (
        "error: app: it is an editable install of `/src`, which is not in the image: install it without -e (uv sync: "
        "--no-editable), or copy the project there [missing-file]\n"
    )
    write(root / "src/app.py", "")
    assert verify(root, "--lockless") == 0


SCRIPT = "../../../bin/"
"""In a RECORD of a site-packages folder."""


def test_programs_of_an_environment_that_was_copied_elsewhere(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their first lines have the path where it was built, and the kernel does not find that."""
    head = b"#!/src/.venv/bin/python3\n"
    install(root / SITE, "app", files={f"{SCRIPT}app": head, f"{SCRIPT}serve": head, f"{SCRIPT}tool": b"#!/bin/sh\n"})
    assert verify(root, "--lockless") == 1
    assert capsys.readouterr().out == (
        "error: `/opt/venv/bin/app` and 1 more start `/src/.venv/bin/python3`, which is not in the image: build "
        "the environment at the same path as in the image, or run its programs with `python -m` [no-interpreter]\n"
        "    /opt/venv/bin/app\n    /opt/venv/bin/serve\n"
    )


def test_a_single_program_of_another_python(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a warning, because the other programs start."""
    files = {f"{SCRIPT}app": b"#!/opt/venv/bin/python3\n", f"{SCRIPT}old": b"#!/usr/bin/python2\n"}
    install(root / SITE, "app", files=files)
    assert verify(root, "--lockless") == 0
    assert "warning: `/opt/venv/bin/old` starts `/usr/bin/python2`, which is not in" in capsys.readouterr().out


def test_plugins_are_counted_and_shown_on_demand(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The install line leaves out their needs, so missing ones are not errors."""
    plugin = Elf(needed=("libmariadb.so.3",)).build()
    install(root / SITE, "qt", files={"qt/plugins/libqsqlmysql.so": plugin})
    lock(root)
    assert verify(root) == 0
    out, err = capsys.readouterr()
    assert out == ""
    told = "(plugins, libraries or programs opened by name, files for other machines, modules of Python)"
    assert f"-v lists 1 more problem that may have no effect {told}\n" in err
    assert verify(root, "-v") == 0
    assert capsys.readouterr().out == (
        f"warning: qt: libmariadb.so.3 is missing: install libmariadb3 [missing]\n    /{SITE}/qt/plugins/"
        "libqsqlmysql.so\n"
    )


def test_what_the_project_wants_in_its_line_must_be_there(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lock with `when = ["plugin"]` makes a missing need of a plugin an error, but not an ignored one."""
    install(root / SITE, "qt", files={"qt/libqsqlmysql.so": Elf(needed=("libmariadb.so.3",)).build()})
    (root / "pyproject.toml").write_text(
        '[tool.pip-sysdeps]\nwhen = ["default", "plugin"]\n'
        '[tool.pip-sysdeps.distribution.psycopg2]\nignore = [{ soname = "libpq.so.5", reason = "a test" }]\n'
    )
    lock(root)
    (root / LIB / "libpq.so.5").unlink()
    assert verify(root) == 1
    assert capsys.readouterr().out.splitlines()[0::3] == [
        "error: qt: libmariadb.so.3 is missing: install libmariadb3 [missing]",
        f"{APT_GET} libmariadb3",
    ]


def test_what_the_project_added_must_be_installed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only dpkg's database shows whether such a package is installed."""
    (root / "pyproject.toml").write_text(
        "[[tool.pip-sysdeps.distribution.psycopg2.add]]\n"
        'package = "postgresql-client-15"\nreason = "pg_dump for backups"\n'
    )
    lock(root)
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        "error: psycopg2: postgresql-client-15 is not installed: pg_dump for backups [missing]\n\n"
        f"{APT_GET} postgresql-client-15\n"
    )


def test_without_a_lock(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--lockless` checks only that everything is there. Without it and a lock, the hint names it."""
    (root / "sysdeps.lock").unlink()
    assert verify(root, "--lockless") == 0
    (root / LIB / "libpq.so.5").unlink()
    assert verify(root, "--lockless") == 1
    assert f"{APT_GET} libpq5" in capsys.readouterr().out
    assert verify(root) == 2
    assert capsys.readouterr().err == (
        f"error: `{root}/sysdeps.lock` does not exist\n"
        "hint: copy it into the image, name it with --lock, or use --lockless\n"
    )


def test_a_distroless_image(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With one file per package in status.d and no dpkg, versions and missing libraries are still checked."""
    distroless(root, LIBC6, PYTHON, Package(name="libpq5", version="9.6-1", files=LIBPQ5.files))
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        f"error: libpq5 9.6-1 is installed, the lock needs 10~~ or later [old-package]\n\n{APT_GET} libpq5\n"
    )
    distroless(root, LIBC6, PYTHON, LIBPQ5)
    assert verify(root) == 0
    (root / LIB / "libpq.so.5").unlink()
    assert verify(root) == 1


def distroless(root: Path, *packages: Package) -> None:
    """Replace dpkg's database by status.d, as in a distroless image."""
    shutil.rmtree(root / "var/lib/dpkg")
    write_status_d(root, *packages)


def test_no_database_and_a_distribution_that_needs_only_the_c_library(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lock omits it; without a database, nothing shows that the library belongs to a base package."""
    write_library(root, f"/{LIB}/libm.so.6", Elf(soname="libm.so.6"))
    libc6 = replace(LIBC6, files=(f"/{LIB}/libc.so.6", f"/{LIB}/libm.so.6", LOADER))
    shutil.rmtree(root / "var/lib/dpkg")
    write_database(root, Package(name="dpkg"), libc6, LIBPQ5, PYTHON)
    files = {"_plain.abi3.so": Elf(needed=("libm.so.6", "libc.so.6")).build()}
    install(root / SITE, "plain", files=files, tags=["cp311-abi3-manylinux_2_17_x86_64"])
    lock(root)
    shutil.rmtree(root / "var/lib/dpkg")
    assert verify(root) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("release", [True, False])
def test_no_database_at_all(root: Path, capsys: pytest.CaptureFixture[str], release: bool) -> None:
    """Files alone are checked. If the release is unknown too, the lock's only target is used."""
    (root / "var/lib/dpkg").rename(root / "var/lib/gone")
    if not release:
        (root / "etc/os-release").unlink()
    assert verify(root) == 0
    (root / LIB / "libpq.so.5").unlink()
    assert verify(root) == 1
    out = capsys.readouterr().out
    assert "error: psycopg2: libpq.so.5 is missing: install libpq5 [missing]\n" in out


def test_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a document of schema 1 with the code, kind and files of each problem."""
    (root / LIB / "libpq.so.5").unlink()
    assert verify(root, "--json") == 1
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    check_schema("verify", document)
    assert document == {
        "schema": 1,
        "target": "debian-bookworm-amd64",
        "works": False,
        "problems": [
            {
                "severity": "error",
                "code": "SD021",
                "kind": "missing",
                "distribution": "psycopg2",
                "subject": "libpq.so.5",
                "message": "libpq.so.5 is missing: install libpq5",
                "files": [MODULE],
                "package": "libpq5",
            }
        ],
        "install": ["libpq5"],
        "command": f"{APT_GET} libpq5",
        "dockerfile": [],
    }


def test_json_of_a_clean_image(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The document has nothing to install."""
    assert verify(root, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    check_schema("verify", document)
    assert (document["works"], document["problems"], document["command"]) == (True, [], "")


def test_names_cannot_control_the_terminal(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A needed name is untrusted text."""
    write(root / MODULE.lstrip("/"), Elf(needed=("lib\x1b[31mred.so.1",), defined=("PyInit__psycopg",)).build())
    assert verify(root) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_verify_changes_nothing_in_the_root(root: Path) -> None:
    """Nothing is written."""
    before = sorted((str(path), path.lstat().st_mtime_ns) for path in root.rglob("*"))
    verify(root)
    assert sorted((str(path), path.lstat().st_mtime_ns) for path in root.rglob("*")) == before


MAGIC = b"import ctypes\nimport ctypes.util\n\nlibrary = ctypes.CDLL(ctypes.util.find_library('magic'))\n"
PDF = b"import subprocess\n\n\ndef pages(path):\n    return subprocess.run(['pdftoppm', path], check=True)\n"


@pytest.mark.toolchain
def test_a_library_that_code_opens_by_name(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In turn: found; found, but `find_library` has no ldconfig to run; missing from the cache; missing."""
    install(root / SITE, "magic", files={"magic/loader.py": MAGIC})
    write(root / LIB / "libmagic.so.1", Elf(soname="libmagic.so.1").build())
    write(root / "usr/sbin/ldconfig")
    subprocess.run(["/sbin/ldconfig", "-r", str(root)], check=True, capture_output=True)
    assert verify(root, "--lockless") == 0

    (root / "usr/sbin/ldconfig").unlink()
    assert verify(root, "--lockless") == 1
    assert capsys.readouterr().out == (
        "error: magic: ctypes.CDLL(ctypes.util.find_library('magic')): find_library returns None: libmagic.so.1 is "
        f"at {FOUND}/libmagic.so.1, but there is neither ldconfig nor a compiler [find-library]\n"
        f"    /{SITE}/magic/loader.py\n\n{APT_GET} libc-bin\n"
    )
    write(root / "usr/sbin/ldconfig")
    (root / "etc/ld.so.cache").unlink()
    assert verify(root, "--lockless") == 1
    assert "[stale-cache]" in capsys.readouterr().out

    (root / LIB / "libmagic.so.1").unlink()
    assert verify(root, "--lockless") == 1
    assert f"{APT_GET} libmagic1\n" in capsys.readouterr().out


def test_what_no_package_of_the_release_has(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A source that opens it may be for another system, so it stops nothing."""
    install(root / SITE, "audio", files={"audio.py": MAGIC.replace(b"magic", b"CoreAudioKit")})
    assert verify(root, "--lockless", "-v") == 0
    assert "warning: audio: libCoreAudioKit.so is missing: no binary package of " in capsys.readouterr().out


def test_a_program_that_code_runs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is on PATH inside the root, or its package is named."""
    about = "Metadata-Version: 2.1\nName: pdf\nVersion: 1.0\nSummary: Pages of a PDF, by pdftoppm\n"
    install(root / SITE, "pdf", files={"pdf.py": PDF}, metadata={"METADATA": about})
    lock(root)
    assert verify(root) == 1
    assert capsys.readouterr().out == (
        f"error: pdf: pdftoppm is missing: install poppler-utils [missing]\n    /{SITE}/pdf.py\n\n"
        f"{APT_GET} poppler-utils\n"
    )
    write(root / "usr/bin/pdftoppm").chmod(0o755)
    assert verify(root) == 0
