"""Real distributions that need something by name, used in a release root before and after the line is installed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builders.debian import debian_root, made_once, run_in
from pip_sysdeps.lock.selection import is_in_line
from pip_sysdeps.lock.text import loads
from pip_sysdeps.system.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CASES = Path(__file__).parents[1] / "integration" / "named" / "cases.toml"
SUITE = "bookworm"
PLACE = "opt/case"
"""Where the distributions are in a root."""
_PIP = ["--quiet", "--disable-pip-version-check", "--target"]


@dataclass(frozen=True)
class Case:
    """One distribution, and a use of it that takes something from outside."""

    kind: str
    name: str
    use: str
    needs: frozenset[str]
    also: frozenset[str]
    pip: tuple[str, ...]
    build: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of a case."""

    before: str
    """Why the use fails without the line; empty if it does not."""
    line: tuple[str, ...]
    after: str
    """Why the use fails with the line installed; empty if it passes."""


def cases() -> list[Case]:
    """Return every case of the table."""
    table = parse_toml(CASES.read_text(encoding="utf-8"))
    return [
        Case(
            kind=kind,
            name=name,
            use=case["use"],
            needs=frozenset(case["needs"]),
            also=frozenset(case.get("also", ())),
            pip=tuple(case.get("pip", ())),
            build=tuple(case.get("build", ())),
        )
        for kind, named in table.items()
        for name, case in named.items()
    ]


def installed(case: Case) -> Path:
    """Return the folder with the distribution and what it requires, installed once by the Python of the release."""
    build = debian_root(SUITE, "build", ["python3-pip"])
    with made_once("-".join((SUITE, "named", case.name, *case.pip))) as (folder, unfinished):
        if unfinished is not None:
            with overlay(package_lists(), build) as root:
                install_line(root, case.build)
                run_in(root, ["python3", "-m", "pip", "install", *_PIP, f"/{PLACE}", case.name, *case.pip])
                subprocess.run(["cp", "-a", f"{root}/{PLACE}/.", str(unfinished)], check=True)
    return folder


def package_lists(suite: str = SUITE) -> Path:
    """Return what `apt-get update` leaves in a release root, downloaded once, as a layer to put over it."""
    root = debian_root(suite, "release")
    with made_once(f"{suite}-named-lists") as (folder, unfinished):
        if unfinished is not None:
            with overlay(root) as updated:
                run_in(updated, ["apt-get", "update", "-qq"])
                lists = unfinished / "var/lib/apt"
                lists.mkdir(parents=True)
                subprocess.run(["cp", "-a", f"{updated}/var/lib/apt/lists", str(lists)], check=True)
    return folder


@contextmanager
def overlay(*roots: Path, distributions: Path | None = None) -> Iterator[Path]:
    """Return a root over others that stay as they are, with distributions in /opt/case; it vanishes at the end."""
    with tempfile.TemporaryDirectory(prefix="pip-sysdeps-named-") as folder:
        upper, work, merged = (Path(folder, name) for name in ("upper", "work", "merged"))
        for each in (upper / PLACE, work, merged):
            each.mkdir(parents=True)
        upper.chmod(0o755)
        if distributions is not None:
            subprocess.run(["cp", "-a", f"{distributions}/.", str(upper / PLACE)], check=True)
        options = f"lowerdir={':'.join(map(str, roots))},upperdir={upper},workdir={work}"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(merged)], check=True)
        try:
            yield merged
        finally:
            subprocess.run(["umount", "--lazy", str(merged)], check=True)


def tried(case: Case) -> Outcome:
    """Use a distribution in a release root, lock it there, install the line, and use it again."""
    with overlay(package_lists(), debian_root(SUITE, "release"), distributions=installed(case)) as root:
        before = used(root, case)
        line = line_of(root)
        install_line(root, line)
        return Outcome(before=before, line=line, after=used(root, case))


def install_line(root: Path, line: Sequence[str]) -> None:
    """Install a line as a release stage does, without waiting for the disk."""
    options = [
        "--no-install-recommends",
        "-o",
        "APT::Cmd::Pattern-Only=true",
        "-o",
        "DPkg::Options::=--force-unsafe-io",
    ]
    if line:
        run_in(root, ["apt-get", "install", "-y", "-qq", *options, *line])


_WITHOUT_KNOWLEDGE = """
from unittest.mock import patch
from pip_sysdeps.cli import main
named = "pip_sysdeps.byname.named_needs"
with patch(f"{named}.known_of", return_value=()), patch(f"{named}.companions", return_value={}):
    raise SystemExit(main())
"""
"""The tool without the knowledge file and the companions, for comparison."""


def named_packages(root: Path, *, knowledge: bool = True) -> frozenset[str]:
    """Return the packages of the line of a root's distributions that no ELF file states."""
    target = loads(locked(root, knowledge=knowledge).read_text(encoding="utf-8")).target[0]
    return frozenset(
        need.package for _, need in target.needs() if need.confidence and need.package and is_in_line(need)
    ) - {package.name for package in target.package if package.base}


def offered_packages(root: Path) -> frozenset[str]:
    """Return the packages that a lock of a root's distributions only offers."""
    target = loads(locked(root).read_text(encoding="utf-8")).target[0]
    offered = (need for each in target.distribution for need in each.offered)
    return frozenset(need.package for need in offered if need.package) - {*target.installs}


def line_of(root: Path) -> tuple[str, ...]:
    """Lock the distributions of a root and return what `apt-line` prints for it."""
    return line_of_lock(locked(root))


def line_of_lock(lock: Path, *options: str, suite: str = SUITE) -> tuple[str, ...]:
    """Return what `apt-line` prints for a lock."""
    options = ("--lock", str(lock), "--target", f"debian-{suite}-amd64", *options)
    printed = subprocess.run(
        [sys.executable, "-m", "pip_sysdeps", "apt-line", *options],
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(printed.stdout.split())


def locked(root: Path, *options: str, knowledge: bool = True) -> Path:
    """Lock the distributions of a root and return the lock."""
    tool = ["-m", "pip_sysdeps"] if knowledge else ["-c", _WITHOUT_KNOWLEDGE]
    lock = root / PLACE / "sysdeps.lock"
    made = subprocess.run(
        [sys.executable, *tool, "lock", "--root", str(root), "--path", f"/{PLACE}", "-o", str(lock), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert lock.exists(), made.stderr
    return lock


def used(root: Path, case: Case) -> str:
    """Use a distribution in a root; return why that fails, or nothing."""
    done = run_in(root, ["python3", "-c", case.use], check=False, env={"PYTHONPATH": f"/{PLACE}"})
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["?"])[-1]
