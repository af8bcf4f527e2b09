"""Programs and scripts of npm as judges, downloaded once into the tests' cache. Nothing of a package is run by npm."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from builders.debian import made_once, unavailable

if TYPE_CHECKING:
    from pathlib import Path

SARIF_MULTITOOL = "@microsoft/sarif-multitool@5.7.0"
MERMAID = "mermaid@11.17.2"
_INSTALL = ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--loglevel=error")


def npm_package(requirement: str) -> Path:
    """Return the `node_modules` with a package and what it requires; skip the test where npm is missing."""
    if shutil.which("npm") is None:
        unavailable("install npm: apt-get install npm")
    name = "".join(each if each.isalnum() or each in ".-" else "_" for each in requirement)
    with made_once(f"npm-{name}") as (entry, unfinished):
        if unfinished is not None:
            subprocess.run([*_INSTALL, requirement], cwd=unfinished, check=True, capture_output=True, timeout=600)
    return entry / "node_modules"
