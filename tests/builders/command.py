"""The command line as a user starts it: another process, in a folder of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import tomlkit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEFAULT_SIGNALS = ("env", "--default-signal")
"""In front of a command: it does not ignore what the tests' own parent ignores, such as SIGINT in a background job."""


class Result(NamedTuple):
    """What a command printed, and its status."""

    status: int
    out: str
    err: str


if TYPE_CHECKING:
    Run = Callable[..., Result]
    """Runs the command line of its arguments."""


def pip_sysdeps(*argv: str, cwd: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `pip-sysdeps` in `cwd`; another exit status than `status` fails the test with what it said."""
    command = [sys.executable, "-m", "pip_sysdeps", *argv]
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if result.returncode != status:
        pytest.fail(f"pip-sysdeps {' '.join(argv)} exited with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result


def every_need(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each need of a lock's table of a distribution or file: in the line, offered, or of the base."""
    yield from holder.get("needs", ())
    yield from holder.get("offered", ())
    for each in holder.get("base", ()):
        for key, names in (("soname", "sonames"), ("program", "programs"), ("file", "files")):
            yield from ({key: name, "package": each["package"], "when": "import"} for name in each.get(names, ()))


def lock_of(root: Path, environment: str, cwd: Path) -> dict[str, Any]:
    """Write `sysdeps.lock` in `cwd` for an environment inside `root`; give its only target."""
    pip_sysdeps("lock", "--root", str(root), "--python", environment, cwd=cwd)
    (target,) = tomlkit.parse((cwd / "sysdeps.lock").read_text(encoding="utf-8")).unwrap()["target"]
    return dict(target)
