"""A root with torch and torchcodec, which has one library for each of five releases of FFmpeg."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Literal

from builders.debian import copy_root, debian_root, made_once, run_in
from builders.environments import VENV
from builders.images import local_python_root

if TYPE_CHECKING:
    from pathlib import Path

TORCH = ("torch==2.13.0", "torchcodec==0.11.1")
"""A CPU build on the machines that keep one."""
PYTHON = "3.11"
"""Whose wheel that build is."""


def torch_root(suite: str) -> Path:
    """Return the cached root of a release with torch, as this machine's pip finds it, and torchcodec in VENV."""
    with made_once(f"{suite}-environment-torchcodec-1") as (root, unfinished):
        if unfinished is not None:
            copy_root(_base(suite, "build"), unfinished)
            run_in(unfinished, ["python3", "-m", "venv", VENV])
            wheels = unfinished / "opt/wheels"
            options = [f"--python-version={PYTHON}", "--only-binary=:all:", "--no-deps", "--dest", str(wheels)]
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", *options, *TORCH], check=True)
            names = [f"/opt/wheels/{wheel.name}" for wheel in wheels.iterdir()]
            run_in(unfinished, [f"{VENV}/bin/pip", "install", "--no-cache-dir", "--retries=10", *names])
            shutil.rmtree(wheels)
    return root


def torch_release(into: Path, suite: str) -> Path:
    """Make a root of one's own with the Python and the environment of `torch_root`, and nothing else."""
    release = copy_root(_base(suite, "release"), into)
    copy_root(torch_root(suite) / VENV.lstrip("/"), release / VENV.lstrip("/"))
    return release


def _base(suite: str, variant: Literal["build", "release"]) -> Path:
    """Return a root with Python 3.11: the release's own, else one in /usr/local."""
    return debian_root(suite, variant) if suite == "bookworm" else local_python_root(suite, PYTHON)
