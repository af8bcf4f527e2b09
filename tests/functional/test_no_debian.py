"""A system with a C library and Python, and nothing of Debian: no dpkg, no apt, no os-release or another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.mounts import run_in_bare_system
from builders.root import write
from builders.wheels import build_wheel, install_wheels
from pip_sysdeps.packages.registry import FOLDERS

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

FEDORA = "ID=fedora\nVERSION_ID=42\n"
UNKNOWN = "this system has no os-release or no package database"
NO_DATABASE = f"no package database found: supported are {', '.join(FOLDERS)}"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a command on such a system, in a folder with a wheel and an environment that has it."""
    folder, root = tmp_path / "work", tmp_path / "root"
    root.mkdir()
    module = Elf(needed=("libGL.so.1",), defined=("PyInit__core",)).build()
    build_wheel(folder / "wheels", "one", {"one/_core.so": module}, tag="cp313-cp313-manylinux_2_17_x86_64")
    install_wheels(folder / "wheels", folder / "venv", "python3.13")
    return lambda *argv: run_in_bare_system(root, folder, ["-m", "pip_sysdeps", *argv])


@pytest.mark.parametrize(
    ("release", "what"),
    [("", ("--wheels", "wheels")), (FEDORA, ("--python", "venv"))],
    ids=["no os-release, wheels", "Fedora, environment"],
)
def test_another_system_is_locked(run: Run, tmp_path: Path, release: str, what: tuple[str, ...]) -> None:
    """The index names the packages; the line is that of the target which is named."""
    if release:
        write(tmp_path / "root/etc/os-release", release)
    locked = run("lock", *what, "--target", "debian-trixie-amd64")
    assert (locked.returncode, locked.stderr) == (
        0,
        "wrote `sysdeps.lock`: debian-trixie-amd64, 1 distribution with needs, 1 package to install\n",
    )
    assert run("apt-line", "--target", "debian-trixie-amd64").stdout == "libgl1\n"
    assert run("apt-line").stderr == (
        f"error: cannot determine the target: {UNKNOWN}\nhint: it has debian-trixie-amd64: select one with --target\n"
    )


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("lock", "--wheels", "wheels"), f"cannot determine the target: {UNKNOWN}"),
        (("lock", "--python", "venv"), NO_DATABASE),
        (("audit", "--python", "venv"), NO_DATABASE),
        (("index", "update"), f"cannot determine the release: {UNKNOWN}"),
    ],
    ids=["wheels", "environment", "audit", "index update"],
)
def test_commands_that_need_apt(run: Run, argv: tuple[str, ...], said: str) -> None:
    """The error names an alternative."""
    done = run(*argv)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {said}\nhint: ")
