"""Files that code needs by name, where a system keeps them in other folders than Debian."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.root import write
from builders.small_debian import SITE
from builders.small_fedora import PACKAGES, small_fedora, write_packages
from builders.system import place, write_library
from builders.venv import install
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from pathlib import Path

    from builders.command import Run
    from pip_sysdeps.lock.document import Target

DYNLOAD = "/usr/lib64/python3.11/lib-dynload"
TKINTER = f"{DYNLOAD}/_tkinter.cpython-311-x86_64-linux-gnu.so"
TYPELIB = "/usr/lib64/girepository-1.0/Gtk-3.0.typelib"
SPATIALITE = "/usr/lib64/mod_spatialite.so"
CODE = {
    TKINTER: "import tkinter\n",
    TYPELIB: "import gi\ngi.require_version('Gtk', '3.0')\n",
    SPATIALITE: "import sqlite3\nsqlite3.connect(':memory:').load_extension('mod_spatialite')\n",
}


@pytest.fixture
def fedora(tmp_path: Path) -> Path:
    """Return a small Fedora, whose standard library is in lib64."""
    root = small_fedora(tmp_path / "root")
    (root / "usr/lib/python3.11/os.py").unlink()
    write(root / "usr/lib64/python3.11/os.py")
    return root


def target(root: Path) -> Target:
    """Return the target of a written lock."""
    (found,) = loads((root.parent / "sysdeps.lock").read_text()).target
    return found


@pytest.mark.parametrize("file", CODE)
def test_the_installed_package(fedora: Path, run: Run, file: str) -> None:
    """The owner of the file in lib64."""
    install(fedora / SITE[1:], "gi", files={"gi/__init__.py": b""})
    install(fedora / SITE[1:], "client", files={"client.py": CODE[file].encode()})
    write(fedora / file[1:])
    write_packages(fedora, *PACKAGES, replace(PACKAGES[-1], name="wanted", files=(file,)))
    assert run("lock", *place(fedora)).status == 0
    assert target(fedora).installs == ("libpq", "wanted")


def test_a_module_of_the_wrong_python(fedora: Path, run: Run) -> None:
    """The file of another Python on the system does not count."""
    other = TKINTER.replace("311", "39").replace("3.11", "3.9")
    install(fedora / SITE[1:], "client", files={"client.py": CODE[TKINTER].encode()})
    write(fedora / other[1:])
    write_packages(fedora, *PACKAGES, replace(PACKAGES[-1], name="wanted", files=(other,)))
    assert run("lock", *place(fedora)).status == 0
    assert target(fedora).installs == ("libpq",)


@pytest.mark.parametrize("system", ["fedora", "alpine"])
def test_a_module_that_no_package_list_names(request: pytest.FixtureRequest, run: Run, system: str) -> None:
    """It is unresolved, because no capability stands for it."""
    root: Path = request.getfixturevalue(system)
    install(root / SITE[1:], "client", files={"client.py": b"import tkinter\nimport venv\n"})
    assert run("lock", *place(root)).status == 0
    (unresolved,) = target(root).unresolved
    assert unresolved.file == "/usr/lib*/python3.11/lib-dynload/_tkinter.*.so"
    assert unresolved.note == "no package list is available that names its package"


def test_verify_reads_the_standard_library(fedora: Path, run: Run) -> None:
    """In lib64, too."""
    write_library(fedora, f"{DYNLOAD}/_ssl.so", Elf(needed=("libssl.so.3",)))
    write(fedora / "usr/lib64/python3.11/ssl.py", b"import _ssl\n")
    install(fedora / SITE[1:], "client", files={"client.py": b"import ssl\n"})
    found = run("verify", *place(fedora), "--lockless")
    assert (found.status, f"client: libssl.so.3, which {DYNLOAD}/_ssl.so needs, is missing" in found.out) == (1, True)
