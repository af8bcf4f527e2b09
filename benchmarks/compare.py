#!/usr/bin/env python3
"""Measure pip-sysdeps and its peers in one run on one environment, and print the tables of docs/speed.md.

    python3 benchmarks/compare.py                      on the large environment (benchmarks/environment.py)
    python3 benchmarks/compare.py --rounds 9 --sample 10

Every process is measured whole, in turn with the others; a table has medians. The tool is installed from this checkout
in an environment of its own, byte code and all, as a user has it. The slow peers (ldd and dpkg -S, dpkg-shlibdeps) get
every `--sample`th file, then twice as many: their time for all is that of the line through both. On an idle machine it
takes ten minutes; on a busy one the processor time is the one to trust.
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
    "start": "Python itself with its end, the imports, the command line",
    "dpkg status": "reads the stanzas of the packages",
    "environment": "walks the tree, reads METADATA and RECORD of each distribution, and dpkg's lists",
    "ELF facts": "opens what may be ELF by its name, reads headers, dynamic section and names of what is",
    "loader": "every dlopen and execve: needed names, searched as ld.so does",
    "sources": "searches Python sources for the names of libraries that no extension module loads",
    "attribution": "owners by dpkg's lists, the index, the lock's needs",
    "version floors": "undefined symbols against the symbols files of packages",
    "names in sources": "what sources open and run by name, as far as the second process has left them",
    "lock": "writes it",
    "all": "",
}
PROGRAMS = {"ldd": "libc-bin", "dpkg": "dpkg", "dpkg-shlibdeps": "dpkg-dev", "libtree": "libtree", "xargs": "findutils"}
"""The programs that the tool is compared with, and Debian's packages of them; pyelftools is installed here."""
TREE, TREES = "libtree -vv, a process a file", "libtree -vv, one process"
NO_NAMES, NO_FLOORS = "lock without names in sources", "lock without version floors"
SHLIBDEPS, SHLIBDEPS_AT_ONCE = "dpkg-shlibdeps, a process a file", "dpkg-shlibdeps, one process without an answer"
TARGETS = (
    ("ldd and dpkg -S / `lock`", "at least 400", "ldd and dpkg -S", "lock"),
    ("dpkg-shlibdeps, a process a file / `lock`", "at least 1,000", SHLIBDEPS, "lock"),
    ("dpkg-shlibdeps, one process / `lock`", "", SHLIBDEPS_AT_ONCE, "lock"),
    ("`lock` / libtree, a process a file", "at most 2", "lock", TREE),
    ("`lock` without floors / libtree, a process a file", "at most 1.5", NO_FLOORS, TREE),
    ("`lock` / libtree, one process", "", "lock", TREES),
    ("`lock` / without names in sources", "at most 1.3", "lock", NO_NAMES),
    ("`lock` on one processor / without names in sources", "", "lock on one processor", NO_NAMES),
    ("pyelftools / our ELF facts", "at least 25", "ELF facts by pyelftools", "ELF facts"),
    ("`--version` / `python -c pass`", "at most 4", "--version", "python -c pass"),
    ("`--help` / `python -c pass`", "at most 4", "--help", "python -c pass"),
    ("`apt-line` / `python -c pass`", "at most 6", "apt-line", "python -c pass"),
    ("`lock` of psycopg2 / `python -c pass`", "at most 15", "lock of psycopg2", "python -c pass"),
)
"""What is compared, the target, and the two times whose quotient it is."""


class Tool(NamedTuple):
    """The tool, installed for the occasion."""

    folder: Path

    @property
    def python(self) -> str:
        """Return the interpreter that it is installed for."""
        return str(self.folder / "bin" / "python")

    def command(self, *argv: str, processors: int = 0) -> Command:
        """Return a command of the tool."""
        return Command([str(self.folder / "bin" / "pip-sysdeps"), *argv], processors=processors)

    def without(self, part: str, *argv: str) -> Command:
        """Return a command of the tool that leaves out a part of its work."""
        return Command([self.python, "-c", f"{part}\nfrom pip_sysdeps.cli import main\nmain()", *argv])


def require_programs() -> None:
    """End with what to install if a peer is not there: half an hour later it would be a pity."""
    missing = sorted({package for program, package in PROGRAMS.items() if shutil.which(program) is None})
    if missing:
        sys.exit(f"error: programs to compare with are missing\nhint: apt-get install {' '.join(missing)}")


def install(name: str, what: str) -> Tool:
    """Install something in a new environment of the interpreter that runs this."""
    tool = Tool(environment.CACHE / name)
    subprocess.run([os.path.realpath(sys.executable), "-m", "venv", "--clear", str(tool.folder)], check=True)
    pip = [tool.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, what], check=True, stdout=sys.stderr)
    return tool


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, help="another environment than the large one")
    parser.add_argument("--rounds", type=int, default=5, help="of the interleaved runs (default: %(default)s)")
    parser.add_argument("--sample", type=int, default=40, help="slow peers get every Nth file (default: %(default)s)")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PATH"] = f"{Path(os.path.realpath(sys.executable)).parent}:{os.environ['PATH']}"  # no shim
    require_programs()
    tool, pyelftools = install("tool", str(CHECKOUT)), install("pyelftools", "pyelftools>=0.31")
    folder = options.environment or environment.build(environment.CACHE / "large")
    small = environment.build(environment.CACHE / "small", environment.SMALL)
    with tempfile.TemporaryDirectory(dir=environment.CACHE) as scratch:
        files = elf_files(folder)
        say(f"{described(folder, files)}\n\n")
        where_the_time_goes(tool, folder, scratch, options.rounds)
        results = large(tool, folder, files, scratch, options)
        listed = "\0".join(files)
        results["ELF facts by pyelftools"] = run(Command([pyelftools.python, "-c", peers.PYELFTOOLS], listed))
        results |= start(tool, small, scratch, 4 * options.rounds)
        table(results)
        targets(results)
        growth(tool, folder, scratch)


def described(folder: Path, files: list[str]) -> str:
    """Return what is measured, and where."""
    distributions = len(list(folder.glob("lib/python3*/site-packages/*.dist-info")))
    count = sum(len(names) for _, _, names in os.walk(folder))
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return (
        f"{distributions} distributions, {count} files, {len(files)} of them ELF; {system}, "
        f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} processors"
    )


def elf_files(folder: Path) -> list[str]:
    """Return the ELF files below a folder, without links, sorted."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(str(path))
    return sorted(found)


def where_the_time_goes(tool: Tool, folder: Path, scratch: str, rounds: int) -> None:
    """Print the stages, with the second process and without."""
    argv = ["lock", "-vv", "--python", str(folder), "-o", f"{scratch}/sysdeps.lock"]
    both = [[stages(tool.command(*argv, processors=processors)) for _ in range(rounds)] for processors in (0, 1)]
    say("| stage | ms | ms on one processor | what it does |\n|---|---|---|---|\n")
    for stage, text in STAGES.items():
        two, one = (statistics.median(each.get(stage, 0.0) for each in times) for times in both)
        say(f"| {stage} | {two:.0f} | {one:.0f} | {text} |\n")
    say("\n")


def large(tool: Tool, folder: Path, files: list[str], scratch: str, options: argparse.Namespace) -> dict[str, Time]:
    """Measure on the large environment."""
    listed = "\0".join(files)
    lock = ("lock", "-q", "--python", str(folder), "-o", f"{scratch}/sysdeps.lock")
    quick = {
        "lock": tool.command(*lock),
        "lock on one processor": tool.command(*lock, processors=1),
        NO_NAMES: tool.without(peers.NO_NAMES, *lock),
        NO_FLOORS: tool.without(peers.NO_FLOORS, *lock),
        "lock without both": tool.without(peers.NO_NAMES + peers.NO_FLOORS, *lock),
        TREE: Command(["xargs", "-0", "-n1", "libtree", "-vv"], listed, may_fail=True),
        TREES: Command(["xargs", "-0", "libtree", "-vv"], listed, may_fail=True),
        "ELF facts": Command([tool.python, "-c", peers.OUR_FACTS], listed),
        "walk, open and read a page of the same": Command(
            [tool.python, "-c", peers.READ_THE_SAME, str(folder)], listed
        ),
    }
    found = interleaved(quick, options.rounds)
    few, more = files[:: options.sample], files[:: options.sample // 2]
    for name, script in {
        "ldd and dpkg -S": peers.LDD_AND_DPKG,
        SHLIBDEPS: peers.SHLIBDEPS,
        SHLIBDEPS_AT_ONCE: peers.SHLIBDEPS_AT_ONCE,
    }.items():
        pair = [Command(peers.shell(script, sample), may_fail=True) for sample in (few, more)]
        found[name] = extrapolated(pair[0], pair[1], (len(few), len(more)), len(files))
    return found


def start(tool: Tool, small: Path, scratch: str, rounds: int) -> dict[str, Time]:
    """Measure starts, and a small environment."""
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


def table(results: dict[str, Time]) -> None:
    """Print what was measured."""
    say("| | wall s | processor s | MB |\n|---|---|---|---|\n")
    own = 1.05 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # a child begins with what its parent has
    for name, took in results.items():
        memory = f"{took.memory:.0f}" if took.memory > own else f"below {own:.0f}"
        say(f"| {name} | {took.wall:.3g} | {took.processor:.3g} | {memory} |\n")
    say("\n")


def targets(results: dict[str, Time]) -> None:
    """Print each target, and what was reached of it."""
    say("| | wall | processor | target |\n|---|---|---|---|\n")
    for text, target, one, other in TARGETS:
        a, b = results[one], results[other]
        say(f"| {text} | {a.wall / b.wall:.3g} | {a.processor / b.processor:.3g} | {target} |\n")
    say(f"| most memory of `lock` | {results['lock'].memory:.0f} MB | | under 120 MB |\n\n")


def growth(tool: Tool, folder: Path, scratch: str) -> None:
    """Measure copies of the environment, whose distributions have other names."""
    (site,) = folder.glob("lib/python3*/site-packages")
    say("| copies | wall s | processor s | processor s a copy | MB |\n|---|---|---|---|---|\n")
    for count in (1, 2, 4, 8):
        paths = [copy(site, Path(scratch, str(number), *site.parts[-3:]), number) for number in range(count)]
        where = [word for path in paths for word in ("--path", path)]
        took = run(tool.command("lock", "-q", *where, "-o", f"{scratch}/grown.lock"))
        say(
            f"| {count} | {took.wall:.3g} | {took.processor:.3g} | {took.processor / count:.3g} | {took.memory:.0f} |\n"
        )


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


def say(text: str) -> None:
    """Write now."""
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
