"""Tiny distributions whose library or program has a companion, used in a release root without and with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from builders.debian import debian_root, run_in
from builders.named import PLACE, install_line, line_of_lock, locked, overlay, package_lists
from builders.venv import install
from pip_sysdeps.lock.text import loads
from pip_sysdeps.system.toml import parse_toml

_CASES = Path(__file__).parents[1] / "integration" / "named" / "companions.toml"
CASES = parse_toml(_CASES.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Outcome:
    """What became of a tiny distribution."""

    companions: frozenset[str]
    """The packages of its companions in the line."""
    without: str
    """Why its use fails with the line but for these; empty if it does not."""
    line: str
    """Why its use fails with the whole line; empty if it does not."""


def tried(suite: str, name: str) -> Outcome:
    """Lock a tiny distribution in a release root, and use it with a part of the line and with all of it."""
    with overlay(package_lists(suite), debian_root(suite, "release")) as root:
        install(root / PLACE, name, files={"tiny.py": CASES[name]["source"].encode()})
        lock = locked(root)
        (target,) = loads(lock.read_text(encoding="utf-8")).target
        companions = frozenset(need.package for _, need in target.needs() if need.when == "declared")
        line = line_of_lock(lock, suite=suite)
        install_line(root, [package for package in line if package not in companions])
        without = _used(root, name)
        install_line(root, line)
        return Outcome(companions & {*line}, without, _used(root, name))


def _used(root: Path, name: str) -> str:
    done = run_in(root, ["python3", "-c", "import tiny; tiny.use()"], check=False, env={"PYTHONPATH": f"/{PLACE}"})
    if "after" in CASES[name]:
        run_in(root, CASES[name]["after"], check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr or "?"
