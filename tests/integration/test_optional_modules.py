"""Real distributions with modules that they only try to import, locked from their wheels for Debian 12."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.command import pip_sysdeps
from builders.wheelhouses import fetched_wheels
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from pathlib import Path

    from pip_sysdeps.lock.document import Target

pytestmark = pytest.mark.network
IDENTIFIER = "debian-bookworm-amd64"
WITHOUT_ONEDAL = {"libonedal.so.2", "libonedal_core.so.2", "libonedal_parameters.so.2", "libonedal_thread.so.2"}
"""What daal brings, which is not there."""


def locked(tmp_path: Path, *requirements: str) -> Target:
    """Lock wheels for Debian 12."""
    platforms = [f"manylinux_2_{minor}_x86_64" for minor in (28, 27, 17)] + [
        "manylinux2014_x86_64",
        "manylinux1_x86_64",
    ]
    wheels = fetched_wheels("3.11", platforms, requirements)
    pip_sysdeps("lock", "--wheels", str(wheels), "--target", IDENTIFIER, cwd=tmp_path)
    (target,) = loads((tmp_path / "sysdeps.lock").read_text(encoding="utf-8")).target
    return target


def test_threading_layers(tmp_path: Path) -> None:
    """Numba tries one after the other; what a package answers is in the line."""
    target = locked(tmp_path, "numba==0.68.1")
    (numba,) = target.distribution
    assert {need.soname: (need.package, need.optional) for need in numba.needs} == {
        "libgomp.so.1.0.0": ("libgomp1", True),
        "libtbb.so.12": ("libtbb12", True),
    }
    assert target.installs == ("libgomp1", "libtbb12")


def test_several_processes(tmp_path: Path) -> None:
    """daal4py does without MPI and SYCL; without oneDAL it does not start."""
    target = locked(tmp_path, "daal4py==2024.7.0")
    assert {each.soname for each in target.unresolved} == WITHOUT_ONEDAL
    (daal4py,) = target.distribution
    assert {need.soname for need in daal4py.needs if need.optional} == {"libOpenCL.so.1"}
