"""Folders of real wheels, made once: by a build root with what building takes, or fetched for another platform."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

from builders.debian import apt_install, copy_root, debian_root, made_once, run_in, unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PYTHONS = {"bookworm": "3.11", "trixie": "3.13"}
"""Each release's own."""


def built_wheels(suite: str, requirements: Sequence[str], dev_packages: Sequence[str] = ()) -> Path:
    """Return the folder of wheels that `pip wheel` makes with a release's Python; nobody may change it."""
    with made_once(f"{suite}-wheels-{_digest(requirements, dev_packages)}") as (folder, unfinished):
        if unfinished is not None:
            root = unfinished / "root"
            copy_root(debian_root(suite, "build"), root)
            apt_install(root, dev_packages)
            run_in(root, ["python3", "-m", "venv", "/pip"])
            run_in(root, ["/pip/bin/pip", "wheel", "--no-cache-dir", "--retries=10", "-w", "/wheels", *requirements])
            (root / "wheels").rename(unfinished / "wheels")
            subprocess.run(["rm", "-rf", str(root)], check=True)
    return folder / "wheels"


def fetched_wheels(python: str, platforms: Sequence[str], requirements: Sequence[str]) -> Path:
    """Return the folder of wheels that pip downloads for another platform; nobody may change it."""
    with made_once(f"wheels-{_digest([python], platforms, requirements)}") as (folder, unfinished):
        if unfinished is not None:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:", "--no-deps"]
            command += [f"--platform={platform}" for platform in platforms]
            command += [f"--python-version={python}", "--dest", str(unfinished), *requirements]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                unavailable(f"pip could not download {' '.join(requirements)}: {result.stderr[-400:]}")
    return folder


def _digest(*facts: Sequence[str]) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]
