"""Libraries and programs that code asks for by name, on a system with apk: packages and capabilities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from builders.apk import ApkEntry, apk_index
from builders.elf import Elf
from builders.root import write
from builders.small_debian import SITE
from builders.system import VENV
from builders.venv import install
from builders.wheels import build_wheel
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from pathlib import Path

    from builders.command import Run
    from pip_sysdeps.lock.document import Target

TARGET = "alpine-3.22-x86_64"
PDF = b"import subprocess\n\n\ndef text(path):\n    return subprocess.run(['pdftotext', path], check=True)\n"
TAR = PDF.replace(b"pdftotext", b"tar")
TAG = "cp311-cp311-musllinux_1_2_x86_64"
SUMMARY = "Text by pdftotext, tar and frobnicate-all"
ABOUT = f"Metadata-Version: 2.1\nName: pdf\nVersion: 1.0\nSummary: {SUMMARY}\n"
OPENS = b"import ctypes\nlibrary = ctypes.CDLL('libmagic.so.1')\n"
ASKS = b"import ctypes.util\nlibrary = ctypes.CDLL(ctypes.util.find_library('magic'))\n"


def locked(alpine: Path, run: Run, source: bytes) -> Target:
    """Install a distribution with this module, and lock."""
    install(alpine / SITE.lstrip("/"), "pdf", files={"pdf.py": source}, metadata={"METADATA": ABOUT})
    done = run("lock", "--root", str(alpine), "--python", VENV)
    assert done.status == 0, done.err
    (target,) = loads((alpine.parent / "sysdeps.lock").read_text()).target
    return target


def write_index(alpine: Path, *entries: ApkEntry) -> None:
    """Write what `apk update` leaves."""
    write(alpine / "var/cache/apk/APKINDEX.0a1b2c3d.tar.gz", apk_index(ApkEntry(name="zlib"), *entries))


@pytest.mark.parametrize(
    ("source", "capability"), [(PDF, "cmd:pdftotext"), (OPENS, "so:libmagic.so.1")], ids=["program", "library"]
)
def test_what_is_not_installed_is_a_capability(alpine: Path, run: Run, source: bytes, capability: str) -> None:
    """Without an index available it is unchecked, and in the line in every format."""
    target = locked(alpine, run, source)
    found = [(each.capability, each.unchecked, each.confidence) for _, each in target.needs() if each.capability]
    assert found == [(capability, True, "high")]
    assert target.installs == tuple(sorted((capability, "libpq")))
    line = ("install-line", "--target", TARGET, "--format")
    first, second = target.installs
    assert run(*line, "names").out == f"{first} {second}\n"
    assert run(*line, "lines").out == f"{first}\n{second}\n"
    assert run(*line, "dockerfile").out == f"RUN apk add --no-cache \\\n        {first} \\\n        {second}\n"
    assert [each["name"] for each in json.loads(run(*line, "json").out)["packages"]] == [first, second]


@pytest.mark.parametrize(
    ("source", "name"), [(PDF, "cmd:pdftotext=25.04"), (OPENS, "so:libmagic.so.1=1.0"), (ASKS, "so:libmagic.so.1=1.0")]
)
def test_the_package_of_an_index(alpine: Path, run: Run, source: bytes, name: str) -> None:
    """A library of one package is named by the package, and one of several by the capability."""
    write_index(alpine, ApkEntry(name="one", provides=(name,)))
    assert locked(alpine, run, source).installs == ("libpq", "one")
    write_index(alpine, ApkEntry(name="one", provides=(name,)), ApkEntry(name="other", provides=(name,)))
    target = locked(alpine, run, source)
    capability = name.partition("=")[0]
    assert target.installs == tuple(sorted((capability, "libpq")))
    assert [each.unchecked for _, each in target.needs() if each.capability] == [False]


@pytest.mark.parametrize(
    ("source", "name"), [(PDF, "pdftotext"), (OPENS, "libmagic.so.1"), (ASKS, "libmagic.so")], ids=str
)
def test_what_an_index_lacks_is_unresolved(alpine: Path, run: Run, source: bytes, name: str) -> None:
    """One capability that no package provides would fail the whole line."""
    write_index(alpine)
    target = locked(alpine, run, source)
    assert (target.installs, [(each.name, each.note) for each in target.unresolved]) == (
        ("libpq",),
        [(name, "no package in the downloaded repository metadata provides it")],
    )


@pytest.mark.parametrize(
    ("source", "unresolved"),
    [
        (ASKS, [("libmagic.so", "no package list is available that names its package")]),
        (
            OPENS.replace(b"magic", b"frobnicate"),
            [("libfrobnicate.so.1", "no package list is available that names its package")],
        ),
        (
            PDF.replace(b"pdftotext", b"frobnicate-all"),
            [("frobnicate-all", "no package list is available that names its package")],
        ),
    ],
    ids=["a library without its number", "a library of no release", "a program of no release"],
)
def test_a_name_that_nothing_confirms_is_not_guessed(
    alpine: Path, run: Run, source: bytes, unresolved: list[tuple[str, str]]
) -> None:
    """A capability that no package has would fail the line."""
    target = locked(alpine, run, source)
    assert (target.installs, [(each.name, each.note) for each in target.unresolved]) == (("libpq",), unresolved)


def test_programs_of_busybox_are_base(alpine: Path, run: Run, tmp_path: Path) -> None:
    """In an image they are links that no package lists; for a target without an image they are known."""
    assert locked(alpine, run, TAR).installs == ("libpq",)
    build_wheel(tmp_path / "wheels", "pdf", {"pdf/a.py": TAR, "pdf/b.py": PDF}, tag=TAG, summary=SUMMARY)
    done = run("lock", "--wheels", "wheels", "--target", TARGET, "--replace")
    assert done.status == 0, done.err
    (target,) = loads((tmp_path / "sysdeps.lock").read_text()).target
    assert target.installs == ("cmd:pdftotext",)


def test_verify_says_what_installs_a_program(alpine: Path, run: Run) -> None:
    """The program is missing until it is on PATH."""
    locked(alpine, run, PDF)
    found = run("verify", "--root", str(alpine), "--python", VENV)
    assert (found.status, found.out.splitlines()[-1]) == (1, "apk add --no-cache cmd:pdftotext")
    write(alpine / "usr/bin/pdftotext").chmod(0o755)
    assert run("verify", "--root", str(alpine), "--python", VENV).status == 0


def test_libraries_that_are_never_a_capability(alpine: Path, run: Run) -> None:
    """A driver's library, one that another distribution brings, and one that lies off the loader's path."""
    libc = "libc.musl-x86_64.so.1"
    needed = ("libcuda.so.1", "libcompanion.so.1", "liboff.so.1", libc)
    module = Elf(needed=needed, defined=("PyInit_m",)).build()
    site = alpine / SITE.lstrip("/")
    install(site, "m", files={"m.cpython-311-x86_64-linux-musl.so": module}, requires=("companion",))
    brought = Elf(soname="libcompanion.so.1", needed=(libc,)).build()
    loads_it = Elf(needed=("libcompanion.so.1", libc), runpath="$ORIGIN/lib", defined=("PyInit_c",)).build()
    files = {"c.cpython-311-x86_64-linux-musl.so": loads_it, "lib/libcompanion.so.1": brought}
    install(site, "companion", files=files)
    install(site, "off", files={"off/liboff.so.1": Elf(soname="liboff.so.1", needed=(libc,)).build()})
    run("lock", "--root", str(alpine), "--python", VENV)
    (target,) = loads((alpine.parent / "sysdeps.lock").read_text()).target
    needs = {need.soname: (need.class_, need.capability) for holder, need in target.needs() if holder == "m"}
    assert needs == {"libcuda.so.1": ("host", ""), "libcompanion.so.1": ("distribution", "")}
    assert [each.soname for each in target.unresolved] == ["liboff.so.1"]
    assert target.installs == ("libpq",)
