"""What commands print reaches any stream: another encoding, a full disk, the log of a CI system."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.root import write
from builders.small_debian import MODULE, SITE
from builders.system import VENV, write_library

if TYPE_CHECKING:
    from builders.desk import Desk

SHIPPED = Path(__file__).parents[2] / "src" / "pip_sysdeps" / "data" / "debian.index"


def in_ascii(folder: Path, *argv: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command whose streams have no other characters, with an index in a folder that needs some."""
    cache = folder / "é" / "pip-sysdeps" / "index"
    write(cache / "debian-bookworm-amd64.index", SHIPPED.read_bytes())
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", "XDG_CACHE_HOME": str(folder / "é")}
    command = [sys.executable, "-m", "pip_sysdeps", *argv]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "argv",
    [
        ["index", "list"],
        ["index", "list", "--json"],
        ["index", "show", "debian-bookworm-amd64", "é\U0001f600"],
        ["index", "show", "debian-bookworm-amd64", "é\U0001f600", "--json"],
        ["hook", "status", "--python", "é"],
        ["hook", "status", "--python", "é", "--json"],
        ["--help"],
    ],
    ids=" ".join,
)
def test_an_encoding_without_the_characters(tmp_path: Path, argv: list[str]) -> None:
    """They are escaped; JSON stays JSON."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "é"], check=True)
    done = in_ascii(tmp_path, *argv)
    assert done.returncode == (1 if argv[0] == "hook" else 0), done.stderr
    assert b"Traceback" not in done.stderr
    if "--json" in argv:
        assert "é" in json.dumps(json.loads(done.stdout), ensure_ascii=False)
    elif argv != ["--help"]:
        assert rb"\xe9" in done.stdout


FORGED = "##[error file=app.py;line=1]forged"


@pytest.mark.parametrize(
    "argv",
    [
        ["lock", "-v"],
        ["lock", "--check"],
        ["audit", "--all"],
        ["audit", "--all", "--format", "markdown"],
        ["audit", "--json"],
        ["tree"],
        ["tree", "--json"],
        ["why", f"lib{FORGED}.so"],
        ["verify", "--lockless", "-v"],
        ["verify", "--lockless", "--json"],
        ["export", "--format", "cyclonedx"],
    ],
    ids=" ".join,
)
def test_no_log_command_is_forged(desk: Desk, argv: list[str]) -> None:
    """The name of a library or file of a wheel cannot contain one."""
    write_library(desk.root, f"{SITE}/{MODULE}", Elf(needed=(f"lib{FORGED}.so", "libpq.so.5")))
    write_library(desk.root, f"{SITE}/psycopg2/{FORGED}.cpython-311-x86_64-linux-gnu.so", Elf(needed=("::a::b",)))
    lock = ("-o", str(desk.lock)) if argv[0] == "lock" else ()
    desk.run_lock("-q")
    desk.lock.write_text(desk.lock.read_text(encoding="utf-8").replace("2.9.9", "2.9.8"), encoding="utf-8")
    result = desk.run(*argv, "--root", str(desk.root), "--python", VENV, *lock)
    said = (result.out + result.err).splitlines()
    assert result.status != 2 or argv[0] == "why", result
    assert [line for line in said if "##[" in line or line.lstrip().startswith("::")] == []
    assert any("forged" in line for line in said) or argv[0] == "export"


def test_no_log_command_is_forged_by_a_lock(desk: Desk) -> None:
    """Text of a lock cannot contain one."""
    desk.run_lock("-q")
    text = desk.lock.read_text(encoding="utf-8")
    desk.lock.write_text(text.replace('version = "2.9.9"', f'version = "{FORGED.replace(" ", "-")}"'), encoding="utf-8")
    result = desk.run_lock("--check")
    assert (result.status, "##[" in result.err, "forged" in result.err) == (1, False, True)
