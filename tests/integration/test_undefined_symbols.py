"""`verify` and the real ld.so agree on which imports end with "undefined symbol"."""

from __future__ import annotations

import json
import subprocess
import venv
from typing import TYPE_CHECKING

import pytest

from builders.venv import install
from pip_sysdeps.cli import main

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.toolchain

DECLARED = "extern int have(void), lack(void), lack_data, other(void), of_apache(void);"
MODULES = {
    "calls": ("int run(void) { return lack() + have(); }", "libthing.so"),
    "points": ("int *pointer = &lack_data;", "libthing.so"),
    "through": ("", "libmiddle.so"),
    "careful": ('_Pragma("weak lack") int run(void) { return lack ? lack() : have(); }', "libthing.so"),
    "unlinked": ("int run(void) { return other(); }", ""),
    "other": ("int other(void) { return 1; }", ""),
    "stranger": ("int run(void) { return of_apache(); }", ""),
}
"""Modules with the library that they are linked to; `stranger` has an extension module's name, and no such function."""
WHOLE = "int have(void) { return 1; } int lack(void) { return 2; } int lack_data = 3;"
PART = "int have(void) { return 1; }"
MIDDLE = "int middle(void) { return lack(); }"
IMPORT = """
import ctypes, importlib, sys
for path in sys.argv[2:]:
    ctypes.CDLL(path, ctypes.RTLD_GLOBAL)
try:
    importlib.import_module(sys.argv[1])
except (ImportError, SystemError) as error:  # what our function gives is not a module
    print("undefined symbol" in str(error))
"""


def build(path: Path, source: str, *libraries: str) -> bytes:
    """Compile a shared object that finds its libraries beside itself; return its bytes."""
    path.with_suffix(".c").write_text(f"{DECLARED} {source}")
    linked = [str(path.parent / name) for name in libraries if name]
    options = ["-shared", "-fPIC", "-Wl,-z,lazy,--no-as-needed", "-Wl,-rpath,$ORIGIN", f"-Wl,-soname,{path.name}"]
    subprocess.run(["gcc", *options, "-o", str(path), str(path.with_suffix(".c")), *linked], check=True)
    return path.read_bytes()


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site directory of an environment with a distribution for each module, and one with the libraries."""
    folder = tmp_path_factory.mktemp("objects")
    build(folder / "libthing.so", WHOLE)
    build(folder / "libmiddle.so", MIDDLE, "libthing.so")
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, symlinks=True)
    (site,) = place.glob("lib/python*/site-packages")
    for name, (source, library) in MODULES.items():
        function = "" if name == "stranger" else f"void *PyInit_{name}(void) {{ return 0; }}"
        content = build(folder / f"{name}.so", f"{function} {source}", library)
        install(site, name, files={f"{name}.abi3.so": content})
    names = ("libthing.so", "libmiddle.so")
    install(site, "libraries", files={name: (folder / name).read_bytes() for name in names})
    return site


def told(site: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return the distributions with undefined symbols by `verify`, with the first symbol of each."""
    status = main(["verify", "--lockless", "--python", str(site.parents[2]), "--json"])
    problems = json.loads(capsys.readouterr().out)["problems"]
    found = {each["distribution"]: each["subject"] for each in problems if each["kind"] == "missing-symbol"}
    assert status == int(bool(found))
    return found


def fails(site: Path, module: str, *before: str) -> bool:
    """Return whether the import fails with "undefined symbol" after other objects were opened with RTLD_GLOBAL."""
    paths = [str(site / f"{name}.abi3.so") for name in before]
    command = [str(site.parents[2] / "bin/python"), "-c", IMPORT, module, *paths]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout == "True\n"


def test_undefined_symbols(environment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a complete library, and with an older one; a symbol that another module may define is never reported."""
    assert told(environment, capsys) == {}
    assert [name for name in MODULES if fails(environment, name)] == ["unlinked", "stranger"]
    assert not fails(environment, "unlinked", "other")
    (environment / "libthing.so").write_bytes(build(tmp_path / "libthing.so", PART))
    assert told(environment, capsys) == {"calls": "lack", "points": "lack_data", "libraries": "lack"}
    expected = ["calls", "points", "through", "unlinked", "stranger"]
    assert [name for name in MODULES if fails(environment, name)] == expected
