#!/usr/bin/env python3
"""Do the project's daily jobs on a machine that has Python and pip, and set up what each takes.

    python3 dev.py demo          lock the example service and print what to install for it
    python3 dev.py test          the quick tests (arguments go on to pytest)
    python3 dev.py test --slow   and one of each slow kind: Debian roots, real downloads, image builds
    python3 dev.py test --all    and the long forms of those: hours with cold caches, and 40 GB of disk
    python3 dev.py tools         install the system packages that the slow tests need
    python3 dev.py docs          the documentation as a site, in .cache/site
    python3 dev.py lint          ruff and mypy

Environments are made beside this file, in `.venv` and `.cache`. Missing system packages are installed where this is
root on Debian or Ubuntu; elsewhere the script says which, and stops.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
DEMO = HERE / ".cache" / "demo"
SITE = HERE / ".cache" / "site"
EXAMPLE = HERE / "examples" / "webapp"

COMPILER = {"gcc": "gcc libc6-dev"}
"""Programs that a job takes, and the binary packages that have them."""
TEST_TOOLS = {
    **COMPILER,
    "readelf": "binutils",
    "dot": "graphviz",
    "dpkg-query": "dpkg",
    "git": "git",
    "gpg": "gpg",
    "gpg-agent": "gpg-agent",
    "groff": "groff-base",
    "lz4": "lz4",
    "musl-gcc": "musl musl-tools",
    "rpm": "rpm",
    "unshare": "util-linux",
}
"""What a quick test is skipped without."""
SLOW_TOOLS = {
    **TEST_TOOLS,
    "pg_config": "libpq-dev",
    "mmdebstrap": "mmdebstrap debian-archive-keyring",
    "buildah": "buildah",
    "dpkg-shlibdeps": "dpkg-dev",
    "rpmbuild": "rpm",
    "dnf": "dnf",
    "createrepo_c": "createrepo-c",
    "zypper": "zypper",
    "db5.3_load": "db5.3-util",
    "chromedriver": "chromium chromium-driver",
    "npm": "npm",
    "fish": "fish",
    "zsh": "zsh",
}


def main() -> int:
    """Run one job; the status is that of its last command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    jobs = parser.add_subparsers(required=True, metavar="JOB")
    jobs.add_parser("demo", help="lock the example service").set_defaults(job=demo)
    tests = jobs.add_parser("test", help="run the tests; further arguments go to pytest", allow_abbrev=False)
    tests.add_argument("--slow", action="store_true", help="and one of each slow kind")
    tests.add_argument("--all", action="store_true", help="and everything else that is slow")
    tests.set_defaults(job=test)
    jobs.add_parser("tools", help="install what the slow tests need").set_defaults(job=tools)
    jobs.add_parser("docs", help="build the documentation").set_defaults(job=docs)
    jobs.add_parser("lint", help="run ruff and mypy").set_defaults(job=lint)
    arguments, rest = parser.parse_known_args()
    if rest and arguments.job is not test:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    arguments.rest = rest
    if sys.version_info < (3, 10):  # noqa: UP036  this file is what an older one is started with
        return fail(f"Python 3.10 or later is needed; this is {sys.version.split()[0]}")
    return int(arguments.job(arguments))


def demo(_: argparse.Namespace) -> int:
    """Build the example's environment, psycopg2 from source, and run the two commands on it."""
    header = Path(sysconfig.get_path("include"), "Python.h")
    wanted = {**COMPILER, "pg_config": "libpq-dev"}
    require(wanted, "" if header.exists() else "python3-dev")
    python = environment(DEMO / "tools")
    install(python, str(HERE))
    webapp = environment(DEMO / "webapp")
    install(webapp, "-r", str(EXAMPLE / "requirements.txt"))
    tool, lock = str(python.with_name("pip-sysdeps")), DEMO / "sysdeps.lock"
    status = run(tool, "lock", "--python", str(DEMO / "webapp"), "-o", str(lock), shown=True)
    if status:
        return status
    say(f"\n{lock.read_text(encoding='utf-8')}")
    return run(tool, "apt-line", cwd=DEMO, shown=True)


def test(arguments: argparse.Namespace) -> int:
    """Run the tests: by default the quick ones, on every processor."""
    slow = arguments.slow or arguments.all
    require(SLOW_TOOLS if slow else TEST_TOOLS)
    python = environment(VENV)
    install(python, "--editable", f"{HERE}[test,docs]" if slow else f"{HERE}[test]")
    parallel = [] if slow or arguments.rest else ["--numprocesses", "auto", "--dist", "worksteal"]
    selection = ["-m", ""] if arguments.all else ["-m", "not exhaustive"] if slow else parallel
    return run(str(python), "-m", "pytest", *selection, *arguments.rest, cwd=HERE, shown=True)


def tools(_: argparse.Namespace) -> int:
    """Install the programs of the slow tests, or say which packages have them."""
    require(SLOW_TOOLS)
    return 0


def docs(_: argparse.Namespace) -> int:
    """Build the documentation; a warning, such as of a link that leads nowhere, is an error."""
    python = environment(VENV)
    install(python, "--editable", f"{HERE}[docs]")
    build = [str(python), "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    return run(*build, str(HERE / "docs"), str(SITE), shown=True)


def lint(_: argparse.Namespace) -> int:
    """Run the linter, the formatter's check and the type checker."""
    python = environment(VENV)
    install(python, "--editable", f"{HERE}[test,lint]")
    commands = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    return max(run(str(python), "-m", *command, cwd=HERE, shown=True) for command in commands)


def environment(folder: Path) -> Path:
    """Make a virtual environment unless it is there; give its Python.

    It gets no pip where this Python cannot bundle one (Debian without python3-venv); `install` then takes this
    Python's own pip.
    """
    python = folder / "bin" / "python"
    if not python.exists():
        without_pip = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
        if run(sys.executable, "-m", "venv", *without_pip, str(folder)):
            raise SystemExit(fail(f"no virtual environment could be made in {folder}"))
    return python


def install(python: Path, *what: str) -> None:
    """Install into the environment of `python`."""
    pip = [str(python), "-m", "pip"]
    if run(*pip, "--version", quiet=True):
        pip = [sys.executable, "-m", "pip", "--python", str(python)]
    if run(*pip, "install", "--quiet", "--disable-pip-version-check", "--retries", "10", *what):
        raise SystemExit(fail(f"pip could not install {' '.join(what)}"))


def require(programs: dict[str, str], more: str = "") -> None:
    """Install the packages of the programs that are not on PATH, and `more`, or say how to."""
    missing = [packages for program, packages in programs.items() if shutil.which(program) is None]
    packages = sorted({name for names in [*missing, more] for name in names.split()})
    if not packages:
        return
    if shutil.which("apt-get") is None:
        raise SystemExit(fail(f"this needs what Debian has in: {' '.join(packages)}"))
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0:
        raise SystemExit(fail("system packages are missing", hint=f"sudo {' '.join(command)}"))
    settings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], [*command, "-qq"]):
        say(f"$ {' '.join(step)}")
        if subprocess.run(step, env=settings, stdout=subprocess.DEVNULL, check=False).returncode:
            raise SystemExit(fail(f"`{' '.join(step)}` failed"))


def run(*command: str, cwd: Path | None = None, shown: bool = False, quiet: bool = False) -> int:
    """Run a command, shown first if asked for; give its exit status."""
    if shown:
        say(f"$ {' '.join([Path(command[0]).name, *command[1:]])}")
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=cwd, stdout=output, stderr=output, check=False).returncode


def say(text: str) -> None:
    """Write a line now, so that it stands before what commands write."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def fail(message: str, hint: str = "") -> int:
    """Write an error and what to do; give the status of trouble."""
    sys.stderr.write(f"error: {message}\n" + (f"hint: {hint}\n" if hint else ""))
    return 2


if __name__ == "__main__":
    sys.exit(main())
