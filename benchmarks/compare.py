#!/usr/bin/env python3
"""Measure pip-sysdeps and its peers in one run on one environment: medians of interleaved runs of whole processes.

    python3 benchmarks/compare.py                      everything, on the large environment (benchmarks/environment.py)
    python3 benchmarks/compare.py --rounds 9 --sample 1

The slow peers (ldd and dpkg -S, dpkg-shlibdeps, pyelftools) run once, on every `--sample`th file, and count as many
times as long: they take minutes, and are linear in files. Wall and processor time are both told: on a busy machine the
second is the one to trust. Run it with the interpreter that pip-sysdeps is installed for.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

import environment
import peers

TOOL = os.path.join(sysconfig.get_path("scripts"), "pip-sysdeps")


class Time(NamedTuple):
    """What one run took."""

    wall: float
    processor: float
    memory: float
    """Most memory, in MB."""


class Command(NamedTuple):
    """A command, and what it reads from its standard input."""

    argv: list[str]
    stdin: str = ""
    cwd: str = "/"


def run(command: Command) -> Time:
    """Run a command once."""
    with tempfile.TemporaryFile("w+") as stdin:
        stdin.write(command.stdin)
        stdin.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(
            command.argv, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=command.cwd
        )
        _, status, used = os.wait4(process.pid, 0)
        if status and command.argv[0] == TOOL:
            raise SystemExit(f"`{' '.join(command.argv)}` failed")
        return Time(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def interleaved(commands: dict[str, Command], rounds: int) -> dict[str, Time]:
    """Run all commands in turn, again and again; return the medians of each."""
    runs: dict[str, list[Time]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    return {
        name: Time(*(statistics.median(column) for column in zip(*times, strict=True))) for name, times in runs.items()
    }


def elf_files(folder: Path) -> list[str]:
    """Return the ELF files below a folder, without links, sorted."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(str(path))
    return sorted(found)


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, help="another environment than the large one")
    parser.add_argument("--rounds", type=int, default=5, help="of the interleaved runs (default: %(default)s)")
    parser.add_argument("--sample", type=int, default=20, help="slow peers get every Nth file (default: %(default)s)")
    parser.add_argument("--growth", action="store_true", help="and 1, 2, 4 and 8 copies of the environment")
    options = parser.parse_args()
    folder = options.environment or environment.build(environment.CACHE / "large")
    with tempfile.TemporaryDirectory() as scratch:
        files = elf_files(folder)
        say(f"{sum(len(names) for _, _, names in os.walk(folder))} files, {len(files)} of them ELF, in {folder}\n")
        large(folder, files, options, scratch)
        start(options, scratch)
        if options.growth:
            growth(folder, scratch)


def large(folder: Path, files: list[str], options: argparse.Namespace, scratch: str) -> None:
    """Compare on the large environment."""
    listed = "\0".join(files)
    lock = Command([TOOL, "lock", "-q", "--python", str(folder), "-o", f"{scratch}/sysdeps.lock"])
    quick = interleaved(
        {
            "lock": lock,
            "libtree -vv, a process a file": Command(["xargs", "-0", "-n1", "libtree", "-vv"], listed),
            "libtree -vv, one process": Command(["xargs", "-0", "libtree", "-vv"], listed),
            "ELF facts": Command(peers.python(peers.OUR_FACTS), listed),
            "walk, open and read a page": Command(peers.python(peers.READ_THE_SAME, str(folder)), listed),
        },
        options.rounds,
    )
    sample = files[:: options.sample]
    slow = {
        "ldd and dpkg -S": Command(peers.shell(peers.LDD_AND_DPKG, sample)),
        "dpkg-shlibdeps": Command(peers.shell(peers.SHLIBDEPS, sample)),
        "ELF facts by pyelftools": Command(peers.python(peers.PYELFTOOLS), "\0".join(sample)),
    }
    scale = len(files) / len(sample)
    for name, command in slow.items():
        took = run(command)
        quick[name] = Time(took.wall * scale, took.processor * scale, took.memory)
    table(quick, "lock")


def start(options: argparse.Namespace, scratch: str) -> None:
    """Compare starts, and a small environment, with `python -c pass`."""
    small = environment.build(environment.CACHE / "small", environment.SMALL)
    shutil.copy(Path(__file__).parents[1] / "sysdeps.lock.example", f"{scratch}/example.lock")
    commands = {
        "python -c pass": Command([sys.executable, "-c", "pass"]),
        "--version": Command([TOOL, "--version"]),
        "--help": Command([TOOL, "--help"]),
        "apt-line": Command(
            [TOOL, "apt-line", "--lock", f"{scratch}/example.lock", "--target", "debian-bookworm-amd64"]
        ),
        "lock of psycopg2": Command([TOOL, "lock", "-q", "--python", str(small), "-o", f"{scratch}/small.lock"]),
    }
    table(interleaved(commands, 4 * options.rounds), "python -c pass")


def growth(folder: Path, scratch: str) -> None:
    """Measure copies of the environment, whose distributions have other names."""
    (site,) = folder.glob("lib/python3*/site-packages")
    times = {}
    for count in (1, 2, 4, 8):
        paths = [copy(site, Path(scratch, str(number), *site.parts[-3:]), number) for number in range(count)]
        where = [word for path in paths for word in ("--path", path)]
        argv = [TOOL, "lock", "-q", *where, "-o", f"{scratch}/grown.lock"]
        times[f"{count} times"] = run(Command(argv))
    table(times, "1 times")


def copy(site: Path, target: Path, number: int) -> str:
    """Link a copy of a site directory, unless it is there, with other names of distributions."""
    if not target.exists():
        target.parent.mkdir(parents=True)
        subprocess.run(["cp", "-al", str(site), str(target)], check=True)  # noqa: S607
        for metadata in target.glob("*.dist-info/METADATA"):
            text = metadata.read_bytes()
            metadata.unlink()
            metadata.write_bytes(text.replace(b"\nName: ", f"\nName: copy{number}-".encode(), 1))
    return str(target)


def table(times: dict[str, Time], base: str) -> None:
    """Print what was measured, and how many times as long as one of them each took."""
    say("| | wall s | times | processor s | times | MB |\n|---|---|---|---|---|---|\n")
    one = times[base]
    own = 1.05 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # a child begins with what its parent has
    for name, took in times.items():
        numbers = (took.wall, took.wall / one.wall, took.processor, took.processor / one.processor)
        memory = f"{took.memory:.0f}" if took.memory > own else f"below {own:.0f}"
        say(f"| {name} | {' | '.join(f'{number:.3g}' for number in numbers)} | {memory} |\n")
    say("\n")


def say(text: str) -> None:
    """Write now."""
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
