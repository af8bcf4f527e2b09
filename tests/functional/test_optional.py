"""Modules and libraries that a distribution only tries to open: in the line if a package answers, never a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.small_debian import SITE
from builders.system import VENV
from builders.venv import install
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from builders.command import Result
    from builders.desk import Desk
    from pip_sysdeps.lock.document import LockedNeed, Target


def module(*needed: str) -> bytes:
    """Return an extension module or library that needs these."""
    return Elf(needed=(*needed, "libc.so.6")).build()


POOLS = {
    "pools/__init__.py": b"from pools._core import run\n",
    "pools/parallel.py": b"""
def select(backend):
    if backend == "tbb":
        try:
            from pools import tbbpool as lib
        except ImportError:
            pass
    return lib
""",
    "pools/_core.abi3.so": module(),
    "pools/tbbpool.abi3.so": module("libgone.so.12"),
}
"""As numba: a threading layer of several."""
YAML = {
    "yaml/__init__.py": b"try:\n    from .cyaml import *\n    __with_libyaml__ = True\nexcept ImportError:\n"
    b"    __with_libyaml__ = False\n",
    "yaml/cyaml.py": b"from yaml._yaml import CParser, CEmitter\n",
    "yaml/_yaml.abi3.so": module("libxcb.so.1"),
}
"""As PyYAML: a faster module for what it does in Python, too. A package answers what it needs."""
PROVIDER = {
    "runtime/__init__.py": b"""
from runtime._state import register

def _cuda_path():
    if ", cuda" not in build_info():
        return None
    path = os.path.join(os.path.dirname(__file__), "capi", "libruntime_cuda.so")
    return path if os.path.isfile(path) else None

def _register_cuda():
    path = _cuda_path()
    if not path:
        return
    try:
        register("CUDA", path)
    except Exception as e:
        warnings.warn(f"Failed to register {path}: {e}")

_register_cuda()
""",
    "runtime/_state.abi3.so": module(),
    "runtime/capi/libruntime_cuda.so": module("libgone.so.12"),
}
"""As onnxruntime: the extension module opens a provider, whose path Python hands on."""
MPI = {
    "daal4py/__init__.py": b"from daal4py._daal4py import *\n",
    "daal4py/_daal4py.abi3.so": module(),
    "daal4py/mpi_transceiver.cpython-311-x86_64-linux-gnu.so": module("libgone.so.12"),
}
"""As daal4py: one extension module imports another one, which the knowledge file says."""


def holding(desk: Desk, name: str, files: dict[str, bytes]) -> Desk:
    """Return the desk's root a distribution."""
    install(desk.root / SITE[1:], name, files=files)
    return desk


def target(desk: Desk) -> Target:
    """Read the lock's only target."""
    (found,) = loads(desk.lock.read_text()).target
    return found


def needs(desk: Desk, name: str) -> dict[str, LockedNeed]:
    """Return the needs of a distribution that are in the line or offered."""
    held = next((each for each in target(desk).distribution if each.name == name), None)
    return {need.soname: need for need in (*held.needs, *held.offered)} if held else {}


def verify(desk: Desk, *options: str) -> Result:
    """Verify the desk's root."""
    return desk.run("verify", "--root", str(desk.root), "--python", VENV, *options)


@pytest.mark.parametrize(("name", "files"), [("pools", POOLS), ("runtime", PROVIDER), ("daal4py", MPI)])
def test_what_nothing_answers(desk: Desk, name: str, files: dict[str, bytes]) -> None:
    """It is neither unresolved nor a failure; `audit` notes it."""
    holding(desk, name, files)
    result = desk.run_lock("--strict")
    assert (result.status, "libgone" in result.err) == (0, False)
    assert f"optional, and not found: libgone.so.12 ({name})\n" in desk.run_lock("-v").err
    assert target(desk).unresolved == ()
    assert verify(desk, "--lock", str(desk.lock)).status == 0
    assert verify(desk, "--lockless").status == 0
    audit = desk.run(
        "audit", "--root", str(desk.root), "--python", VENV, "--lock", str(desk.lock), "--json", "--select", "SD00"
    )
    assert audit.status == 0
    assert [each["code"] for each in json.loads(audit.out)["findings"]] == ["SD002"]


def test_what_a_package_answers(desk: Desk) -> None:
    """It is in the line, marked; an image without it is not as it was locked, and works anyway."""
    holding(desk, "pyyaml", YAML).run_lock("--strict")
    assert target(desk).installs == ("libpq5", "libxcb1")
    need = needs(desk, "pyyaml")["libxcb.so.1"]
    assert (need.when, need.optional) == ("import", True)
    assert verify(desk, "--lock", str(desk.lock)).status == 1
    assert verify(desk, "--lockless").status == 0


def test_a_module_that_is_imported_anyway(desk: Desk) -> None:
    """It is not an optional one, and what nothing has for it fails."""
    holding(desk, "pools", {**POOLS, "pools/__init__.py": b"from pools import tbbpool\n"})
    assert desk.run_lock("--strict").status == 1
    assert [each.soname for each in target(desk).unresolved] == ["libgone.so.12"]
    assert verify(desk, "--lockless").status == 1


def test_a_library_that_another_module_needs_too(desk: Desk) -> None:
    """It is needed."""
    holding(desk, "pools", {**POOLS, "pools/_core.abi3.so": module("libgone.so.12")})
    assert desk.run_lock("--strict").status == 1
