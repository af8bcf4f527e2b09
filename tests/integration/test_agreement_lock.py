"""Where a lock differs from what dpkg-shlibdeps prints by design: each rule of docs/agreement.md on real libraries.

Besides dpkg-shlibdeps the judge is a process that has the module loaded: which files it maps, and whose they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from builders.command import every_need, lock_of
from builders.debian import SUITES, fresh_root, run_in
from builders.environments import VENV
from builders.shlibdeps import shlibdeps
from builders.venv import install

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.debian

PACKAGES = ("libglu1-mesa", "libopenblas0-pthread")
LIB = "/usr/lib/x86_64-linux-gnu"
CALLS = {
    "bundled": ("omp_get_max_threads", f"{LIB}/libgomp.so.1"),
    "alternatives": ("gluGetString", f"{LIB}/libGLU.so.1"),
    "virtual": ("ddot_", f"{LIB}/libblas.so.3"),
}
"""Module -> what it calls, and the library that has it."""
BUILD = """
mkdir -p /opt/sources && cd /opt/sources
echo "extern int $2(); int PyInit_$1(void) { return $2(); }" > $1.c
gcc -shared -fPIC -o $1.so $1.c $3 -Wl,-rpath,'$ORIGIN/thing.libs'
"""
MAPS = """
import ctypes, sys
ctypes.CDLL(sys.argv[1])
print(*{line.split()[-1] for line in open("/proc/self/maps") if ".so" in line})
"""


class Built:
    """A root with one distribution, whose modules are built there, and its lock."""

    def __init__(self, suite: str, folder: Path) -> None:
        self.root = fresh_root(folder / "root", suite, "build", PACKAGES)
        run_in(self.root, ["python3", "-m", "venv", "--without-pip", VENV])
        (self.site,) = (self.root / VENV.lstrip("/")).glob("lib/python3.*/site-packages")
        files = {"thing.libs/libgomp.so.1": (self.root / LIB.lstrip("/") / "libgomp.so.1").resolve().read_bytes()}
        for name, (function, library) in CALLS.items():
            run_in(self.root, ["sh", "-e", "-c", BUILD, "sh", name, function, library])
            files[f"{name}.abi3.so"] = (self.root / f"opt/sources/{name}.so").read_bytes()
        install(self.site, "thing", "1.0", files=files)
        self.lock = lock_of(self.root, VENV, folder)

    def told(self, name: str) -> frozenset[str]:
        """Return the packages that a module depends on by dpkg-shlibdeps, without libc."""
        (told,) = shlibdeps(self.root, [[self._path(name)]])
        return frozenset(each for each in told.dependencies if not each.startswith("libc6 "))

    def needs(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the lock's packages for what a module needs, by soname."""
        packages = {each["name"]: each for each in self.lock.get("package", ())}
        (thing,) = (each for each in self.lock["distribution"] if each["name"] == "thing")
        by_module = (each for each in every_need(thing) if f"{name}.abi3.so" in each.get("by", ()))
        return {each["soname"]: packages.get(each["package"], {"name": each["package"]}) for each in by_module}

    def loaded_for(self, name: str, library: str) -> str:
        """Load a module; return the file that is loaded for a library."""
        maps = run_in(self.root, ["python3", "-c", MAPS, self._path(name)]).stdout.split()
        (path,) = (path for path in maps if path.rpartition("/")[2].startswith(library))
        return path

    def owner(self, path: str) -> str:
        """Return the package of a file by dpkg; empty if none owns it."""
        found = run_in(self.root, ["dpkg-query", "--search", path], check=False).stdout
        return found.partition(":")[0]

    def _path(self, name: str) -> str:
        return f"/{self.site.relative_to(self.root)}/{name}.abi3.so"


@pytest.fixture(
    scope="module",
    params=[suite if suite == "bookworm" else pytest.param(suite, marks=pytest.mark.exhaustive) for suite in SUITES],
)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the root of a release."""
    return Built(request.param, tmp_path_factory.mktemp("agreement"))


def test_bundled_sonames(built: Built) -> None:
    """dpkg-shlibdeps names the system's package of a soname that is vendored; the process has the vendored file."""
    assert any(each.startswith("libgomp1 (>=") for each in built.told("bundled"))
    assert built.needs("bundled") == {}
    path = built.loaded_for("bundled", "libgomp.so")
    assert path.startswith(f"{VENV}/")
    assert not built.owner(path)


def test_alternatives(built: Built) -> None:
    """A shlibs file may name a choice; the lock has the installed owner of what is loaded, and no `min` without one."""
    assert built.told("alternatives") == {"libglu1-mesa | libglu1"}
    assert built.needs("alternatives") == {"libGLU.so.1": {"name": "libglu1-mesa"}}
    assert built.owner(built.loaded_for("alternatives", "libGLU.so")) == "libglu1-mesa"


def test_virtual_packages(built: Built) -> None:
    """It names a virtual package, and another real one than is installed, for what update-alternatives links to."""
    assert built.told("virtual") == {"libblas3 | libblas.so.3"}
    assert built.needs("virtual") == {"libblas.so.3": {"name": "libopenblas0-pthread"}}
    assert built.owner(built.loaded_for("virtual", "libblas.so")) == "libopenblas0-pthread"
