"""Real wheels for another libc and another machine, put into an environment of this one by mistake."""

from __future__ import annotations

import platform
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import tomlkit

from builders.command import every_need, pip_sysdeps
from builders.debian import unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.network

WHEELS = {
    "pillow==12.0.0": ("musllinux_1_2_x86_64", "linked to musl, but Python is linked to glibc"),
    "markupsafe==3.0.3": ("manylinux2014_aarch64", "made for AArch64 (64-bit, little-endian), not for x86-64 (64-bit,"),
    "pyyaml==6.0.3": ("musllinux_1_2_aarch64", "made for AArch64 (64-bit, little-endian), not for x86-64 (64-bit,"),
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a virtual environment with each of the wheels."""
    if (platform.machine(), platform.libc_ver()[0]) != ("x86_64", "glibc"):
        unavailable("run on x86-64 with glibc: the wheels shall be foreign")
    venv = tmp_path_factory.mktemp("foreign") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (site,) = venv.glob("lib/python3*/site-packages")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(site), "--no-deps", "--only-binary=:all:"]
    for requirement, (tag, _) in WHEELS.items():
        subprocess.run([*pip, "--platform", tag, requirement], check=True, capture_output=True)
    return venv


def elf_files(folder: Path) -> Iterator[Path]:
    """Yield each ELF file below a folder."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.read_bytes().startswith(b"\x7fELF"):
            yield path


def test_each_object_has_its_verdict(environment: Path, tmp_path: Path) -> None:
    """All are skipped with the reason, each distribution is reported of, and none of them needs a library."""
    told = pip_sysdeps("lock", "-v", "--python", str(environment), cwd=tmp_path).stderr
    (site,) = environment.glob("lib/python3*/site-packages")
    files = {str(path) for path in elf_files(site)}
    assert len(files) > 25
    assert {line.split(": ")[1] for line in told.splitlines() if line.startswith("skipped (foreign-")} == files
    for requirement, (_, reason) in WHEELS.items():
        assert f"warning: {requirement.partition('=')[0]} will not load here: it is {reason}" in told
    (target,) = tomlkit.parse((tmp_path / "sysdeps.lock").read_text(encoding="utf-8")).unwrap()["target"]
    needs = [need for each in target.get("distribution", ()) for need in every_need(each)]
    assert [need for need in needs if "soname" in need] == target.get("unresolved", []) == []


def test_the_interpreter_says_the_same(environment: Path) -> None:
    """The interpreter cannot open any of them."""
    (site,) = environment.glob("lib/python3*/site-packages")
    modules = [path for path in elf_files(site) if path.parent.name in {"PIL", "markupsafe", "yaml"}]
    program = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    python = str(environment / "bin/python")
    opened = [subprocess.run([python, "-c", program, str(path)], capture_output=True, check=False) for path in modules]
    assert len(opened) > 5
    assert {done.returncode for done in opened} == {1}
