"""A fresh release root with an environment copied in and a printed line installed, and what then imports."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from builders.debian import apt_install, fresh_root, run_in
from builders.environments import VENV

if TYPE_CHECKING:
    from collections.abc import Sequence

IMPORT_ALL = Path(__file__).parent.parent / "integration" / "import_all.py"


def release_root(into: Path, suite: str, built: Path, line: Sequence[str]) -> Path:
    """Make a root of minbase and python3, put the environment of a build root there, and install the packages."""
    release = fresh_root(into, suite)
    shutil.copytree(built / VENV.lstrip("/"), release / VENV.lstrip("/"), symlinks=True)
    apt_install(release, line)
    return release


def installed(root: Path) -> frozenset[str]:
    """Return the installed packages of a root, by dpkg."""
    listed = run_in(root, ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n"]).stdout
    return frozenset(line.split()[0] for line in listed.splitlines() if line.endswith(" installed"))


def imports(root: Path) -> dict[tuple[str, int, str], str]:
    """Import everything in a root's environment: what went wrong, by distribution, level and module."""
    script = IMPORT_ALL.read_text(encoding="utf-8")
    result = run_in(root, [f"{VENV}/bin/python", "-c", script], env={"PYTHONDONTWRITEBYTECODE": "1"})
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return {(canonicalize_name(name), level, module): error for name, level, module, error in rows}
