"""What a command loads before it answers: the start is what a user of `apt-line`, or of the hook, waits for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "sysdeps.lock.example"
APT_LINE = ["apt-line", "--lock", str(EXAMPLE), "--target", "debian-bookworm-amd64"]
NEVER = {"importlib.metadata", "installer", "packaging", "email", "tempfile", "shutil"}
"""Each takes as long as the whole answer, or is for other commands."""
OTHERS = re.compile(r"pip_sysdeps\.(?:packages\.(?:rpm|apk|platform|debian\.database)|model|environment)(?:\..+)?")
"""Modules of this package that a line for a named Debian target does without."""
TOMLKIT = {"tomlkit"} if sys.version_info >= (3, 11) else set[str]()
"""Python 3.10 has no other reader."""

_CODE = """
import sys
from pip_sysdeps.cli import main
status = main(sys.argv[1:])
sys.stderr.write(f"status {status}\\n" + "\\n".join(sys.modules))
"""


def loaded_by(argv: list[str]) -> set[str]:
    """Return the modules that a command has loaded when it ends."""
    command = [sys.executable, "-S", "-I", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{_CODE}", *argv]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "status 0\n" in result.stderr
    return set(result.stderr.split())


@pytest.mark.parametrize("argv", [["--version"], ["--help"], APT_LINE], ids=lambda argv: argv[0])
def test_little_is_imported(argv: list[str]) -> None:
    """The quick commands import neither the dependencies nor what is slow of the standard library."""
    loaded = loaded_by(argv)
    assert not (NEVER | TOMLKIT) & loaded
    assert "pip_sysdeps.cli" in loaded


@pytest.mark.parametrize("argv", [["--version"], ["--help"]], ids=lambda argv: argv[0])
def test_no_values_are_made(argv: list[str]) -> None:
    """What prints a text needs no dataclass: their module is as slow to import as Python is to start."""
    assert "dataclasses" not in loaded_by(argv)


def test_a_line_loads_one_package_manager() -> None:
    """The line of a named target loads the modules of its package manager that print, and none that reads a system."""
    loaded = loaded_by(APT_LINE)
    assert "pip_sysdeps.packages.debian.family" in loaded
    assert sorted(filter(OTHERS.fullmatch, loaded)) == []
