#!/usr/bin/env python3
"""Measure pip-sysdeps and its peers in one run on one environment, and print the tables of docs/speed.md.

    python3 benchmarks/compare.py                      on the large environment (benchmarks/environment.py)
    python3 benchmarks/compare.py --rounds 9 --sample 10

Whole processes are measured, interleaved with each other; the tables have medians. The tool is installed from this
checkout into its own environment, with byte code. The slow tools (ldd and dpkg -S, dpkg-shlibdeps) get a sample of the
files (`--sample`), then twice as many; their times for all files are extrapolated linearly. It takes ten minutes on an
idle machine; on a busy machine, only the processor times are reliable.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

import environment
import peers
from measure import Command, Time, extrapolated, interleaved, run, stages

CHECKOUT = Path(__file__).parents[1]
STAGES = {
    "start": "starts and ends Python, imports modules, parses the command line",
    "dpkg status": "parses the packages' stanzas",
    "environment": "walks the tree, reads METADATA and RECORD of each distribution, and dpkg's lists",
    "ELF facts": "finds ELF files; reads headers, dynamic sections and names",
    "loader": "follows every dlopen and execve",
    "sources": "searches Python sources for library names that no extension module loads",
    "attribution": "finds owners in dpkg's lists, reads the index, builds the lock's needs",
    "version floors": "compares undefined symbols with the packages' symbols files",
    "names in sources": "finds libraries and programs that sources open or run by name",
    "lock": "writes the lock",
    "all": "",
}
PROGRAMS = {"ldd": "libc-bin", "dpkg": "dpkg", "dpkg-shlibdeps": "dpkg-dev", "libtree": "libtree", "xargs": "findutils"}
"""The programs that the tool is compared with -> their Debian packages; pyelftools is installed with pip."""
LIBTREE_PER_FILE, LIBTREE = "libtree -vv, one process per file", "libtree -vv, one process"
NO_NAMES, NO_FLOORS = "lock without names in sources", "lock without version floors"
SHLIBDEPS, SHLIBDEPS_ONE_PROCESS = "dpkg-shlibdeps, one process per file", "dpkg-shlibdeps, one process, which fails"
RATIOS = (
    ("ldd and dpkg -S / `lock`", "at least 400", "ldd and dpkg -S", "lock"),
    ("dpkg-shlibdeps, one process per file / `lock`", "at least 1,000", SHLIBDEPS, "lock"),
    ("dpkg-shlibdeps, one process / `lock`", "", SHLIBDEPS_ONE_PROCESS, "lock"),
    ("`lock` / libtree, one process per file", "at most 2", "lock", LIBTREE_PER_FILE),
    ("`lock` without floors / libtree, one process per file", "at most 1.5", NO_FLOORS, LIBTREE_PER_FILE),
    ("`lock` / libtree, one process", "", "lock", LIBTREE),
    ("`lock` / without names in sources", "at most 1.3", "lock", NO_NAMES),
    ("`lock` on one processor / without names in sources", "", "lock on one processor", NO_NAMES),
    ("pyelftools / our ELF facts", "at least 25", "ELF facts by pyelftools", "ELF facts"),
    ("`--version` / `python -c pass`", "at most 4", "--version", "python -c pass"),
    ("`--help` / `python -c pass`", "at most 4", "--help", "python -c pass"),
    ("`apt-line` / `python -c pass`", "at most 6", "apt-line", "python -c pass"),
    ("`lock` of psycopg2 / `python -c pass`", "at most 15", "lock of psycopg2", "python -c pass"),
)
"""The label of a ratio, its target, and the names of the two times."""


class Tool(NamedTuple):
    """An installation in its own environment."""

    folder: Path

    @property
    def python(self) -> str:
        """Return the interpreter of the environment."""
        return str(self.folder / "bin" / "python")

    def command(self, *argv: str, processors: int = 0) -> Command:
        """Return a command of the tool."""
        return Command([str(self.folder / "bin" / "pip-sysdeps"), *argv], processors=processors)

    def without(self, part: str, *argv: str) -> Command:
        """Return a command of the tool without a part of its work; `part` is code that disables it."""
        return Command([self.python, "-c", f"{part}\nfrom pip_sysdeps.cli import main\nmain()", *argv])


def require_programs() -> None:
    """Exit with a hint if a compared program is not installed."""
    missing = sorted({package for program, package in PROGRAMS.items() if shutil.which(program) is None})
    if missing:
        sys.exit(f"error: programs to compare with are missing\nhint: apt-get install {' '.join(missing)}")


def install(name: str, what: str) -> Tool:
    """Install a requirement into a new environment with the interpreter that runs this."""
    tool = Tool(environment.CACHE / name)
    subprocess.run([os.path.realpath(sys.executable), "-m", "venv", "--clear", str(tool.folder)], check=True)
    pip = [tool.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, what], check=True, stdout=sys.stderr)
    return tool


def main() -> None:
    """Measure everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, help="the environment to measure (default: the large one)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of interleaved runs (default: %(default)s)")
    parser.add_argument("--sample", type=int, default=40, help="slow tools get every Nth file (default: %(default)s)")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PATH"] = f"{Path(os.path.realpath(sys.executable)).parent}:{os.environ['PATH']}"  # no shim
    require_programs()
    tool, pyelftools = install("tool", str(CHECKOUT)), install("pyelftools", "pyelftools>=0.31")
    folder = options.environment or environment.build(environment.CACHE / "large")
    small = environment.build(environment.CACHE / "small", environment.SMALL)
    with tempfile.TemporaryDirectory(dir=environment.CACHE) as scratch:
        files = elf_files(folder)
        say(f"{describe(folder, files)}\n\n")
        print_stages(tool, folder, scratch, options.rounds)
        results = measure_large(tool, folder, files, scratch, options)
        listed = "\0".join(files)
        results["ELF facts by pyelftools"] = run(Command([pyelftools.python, "-c", peers.PYELFTOOLS], listed))
        results |= measure_starts(tool, small, scratch, 4 * options.rounds)
        print_times(results)
        print_ratios(results)
        print_growth(tool, folder, scratch)


def describe(folder: Path, files: list[str]) -> str:
    """Return a description of the environment and the machine."""
    distributions = len(list(folder.glob("lib/python3*/site-packages/*.dist-info")))
    count = sum(len(names) for _, _, names in os.walk(folder))
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return (
        f"{distributions} distributions, {count} files, {len(files)} of them ELF; {system}, "
        f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} processors"
    )


def elf_files(folder: Path) -> list[str]:
    """Return the sorted paths of ELF files below a folder, without links."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(str(path))
    return sorted(found)


def print_stages(tool: Tool, folder: Path, scratch: str, rounds: int) -> None:
    """Print the time of each stage, with and without the second process."""
    argv = ["lock", "-vv", "--python", str(folder), "-o", f"{scratch}/sysdeps.lock"]
    both = [[stages(tool.command(*argv, processors=processors)) for _ in range(rounds)] for processors in (0, 1)]
    say("| stage | ms | ms on one processor | what it does |\n|---|---|---|---|\n")
    for stage, text in STAGES.items():
        two, one = (statistics.median(each.get(stage, 0.0) for each in times) for times in both)
        say(f"| {stage} | {two:.0f} | {one:.0f} | {text} |\n")
    say("\n")


def measure_large(
    tool: Tool, folder: Path, files: list[str], scratch: str, options: argparse.Namespace
) -> dict[str, Time]:
    """Measure on the large environment."""
    listed = "\0".join(files)
    lock = ("lock", "-q", "--python", str(folder), "-o", f"{scratch}/sysdeps.lock")
    quick = {
        "lock": tool.command(*lock),
        "lock on one processor": tool.command(*lock, processors=1),
        NO_NAMES: tool.without(peers.NO_NAMES, *lock),
        NO_FLOORS: tool.without(peers.NO_FLOORS, *lock),
        "lock without both": tool.without(peers.NO_NAMES + peers.NO_FLOORS, *lock),
        LIBTREE_PER_FILE: Command(["xargs", "-0", "-n1", "libtree", "-vv"], listed, may_fail=True),
        LIBTREE: Command(["xargs", "-0", "libtree", "-vv"], listed, may_fail=True),
        "ELF facts": Command([tool.python, "-c", peers.OUR_FACTS], listed),
        "walk the tree, open each ELF file, read a page": Command(
            [tool.python, "-c", peers.READ_THE_SAME, str(folder)], listed
        ),
    }
    found = interleaved(quick, options.rounds)
    few, more = files[:: options.sample], files[:: options.sample // 2]
    for name, script in {
        "ldd and dpkg -S": peers.LDD_AND_DPKG,
        SHLIBDEPS: peers.SHLIBDEPS,
        SHLIBDEPS_ONE_PROCESS: peers.SHLIBDEPS_ONE_PROCESS,
    }.items():
        pair = [Command(peers.shell(script, sample), may_fail=True) for sample in (few, more)]
        found[name] = extrapolated(pair[0], pair[1], (len(few), len(more)), len(files))
    return found


def measure_starts(tool: Tool, small: Path, scratch: str, rounds: int) -> dict[str, Time]:
    """Measure short commands, and a small environment."""
    shutil.copy(CHECKOUT / "sysdeps.lock.example", f"{scratch}/example.lock")
    line = ("apt-line", "--lock", f"{scratch}/example.lock", "--target", "debian-bookworm-amd64")
    commands = {
        "python -c pass": Command([tool.python, "-c", "pass"]),
        "--version": tool.command("--version"),
        "--help": tool.command("--help"),
        "apt-line": tool.command(*line),
        "lock of psycopg2": tool.command("lock", "-q", "--python", str(small), "-o", f"{scratch}/small.lock"),
    }
    return interleaved(commands, rounds)


def print_times(results: dict[str, Time]) -> None:
    """Print the measured times."""
    say("| | wall s | processor s | MB |\n|---|---|---|---|\n")
    minimum = (
        1.05 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    )  # a child starts with the memory of its parent
    for name, took in results.items():
        memory = f"{took.memory:.0f}" if took.memory > minimum else f"below {minimum:.0f}"
        say(f"| {name} | {took.wall:.3g} | {took.processor:.3g} | {memory} |\n")
    say("\n")


def print_ratios(results: dict[str, Time]) -> None:
    """Print each ratio with its target."""
    say("| | wall | processor | target |\n|---|---|---|---|\n")
    for text, target, one, other in RATIOS:
        a, b = results[one], results[other]
        say(f"| {text} | {a.wall / b.wall:.3g} | {a.processor / b.processor:.3g} | {target} |\n")
    say(f"| most memory of a process of `lock` | {results['lock'].memory:.0f} MB | | under 120 MB |\n\n")


def print_growth(tool: Tool, folder: Path, scratch: str) -> None:
    """Measure several copies of the environment, in which distributions have other names."""
    (site,) = folder.glob("lib/python3*/site-packages")
    say("| copies | wall s | processor s | processor s per copy | MB |\n|---|---|---|---|---|\n")
    for count in (1, 2, 4, 8):
        paths = [copy(site, Path(scratch, str(number), *site.parts[-3:]), number) for number in range(count)]
        where = [word for path in paths for word in ("--path", path)]
        took = run(tool.command("lock", "-q", *where, "-o", f"{scratch}/grown.lock"))
        say(
            f"| {count} | {took.wall:.3g} | {took.processor:.3g} | {took.processor / count:.3g} | {took.memory:.0f} |\n"
        )


def copy(site: Path, target: Path, number: int) -> str:
    """Copy a site directory with hard links and other names of distributions, unless it exists; return its path."""
    if not target.exists():
        target.parent.mkdir(parents=True)
        subprocess.run(["cp", "-al", str(site), str(target)], check=True)  # noqa: S607
        for path in filter(Path.is_file, target.glob("*.dist-info/*")):  # metadata that is shared is refused
            text = path.read_bytes()
            path.unlink()
            if path.name == "METADATA":
                text = text.replace(b"\nName: ", f"\nName: copy{number}-".encode(), 1)
            path.write_bytes(text)
    return str(target)


def say(text: str) -> None:
    """Print text without buffering."""
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
