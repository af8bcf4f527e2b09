"""Start other programs: all that this one uses, each only with allowed arguments.

Text from a root, environment, wheel, index, lock or repository reaches a program only as an argument that a form below
allows; a shell is never used. docs/safety.md explains each program, and tests/test_architecture.py fails if another
module starts one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Timer
from typing import IO, TYPE_CHECKING

from pip_sysdeps.errors import SysdepsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

Form = tuple["str | re.Pattern[str]", ...]
"""The allowed arguments of one call: each is a fixed word, or a pattern that the whole argument must match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that may be started."""

    name: str
    """Its name on PATH, or its path."""
    forms: tuple[Form, ...]
    """The allowed calls."""
    options: tuple[str, ...] = ()
    """Arguments that are put before those of every call."""
    environment: tuple[tuple[str, str], ...] = ()
    """Environment variables that are set in addition to those of this process."""
    hint: str = ""
    """The hint if it is not installed."""


_FILE = re.compile(r"/[^\0\n]*")
_MAX_OUTPUT = 64 << 10
_OBJECT = re.compile(r"[0-9a-f]{40,64}")
"""The id of a git object."""

APT_GET = Program(
    name="apt-get",
    forms=(
        ("-c", _FILE, "update"),
        ("-c", _FILE, "indextargets", "--format", re.compile(r"[$()A-Z\t]+")),
        ("indextargets", "--no-release-info", "--format", "$(URI)"),
    ),
    environment=(("LC_ALL", "C.UTF-8"),),
    hint="run this on Debian, Ubuntu or another system with apt",
)
"""Downloads and verifies package lists. Our apt module writes the configuration file, which restricts what it reads."""

APT_HELPER = Program(name="/usr/lib/apt/apt-helper", forms=(("cat-file", _FILE),))
"""Decompresses a package list that apt downloaded into our folder."""

GIT = Program(
    name="git",
    options=(
        "--no-optional-locks",
        "--no-pager",
        "--literal-pathspecs",
        *("-c", "safe.bareRepository=explicit"),
        *("-c", "protocol.allow=never"),
        *("-c", "core.fsmonitor=false"),
        *("-c", f"core.hooksPath={os.devnull}"),
    ),
    forms=(
        ("rev-parse", "--absolute-git-dir"),
        ("rev-parse", "--quiet", "--verify", "--end-of-options", re.compile(r"[^\0\n]+")),
        ("ls-tree", "-z", _OBJECT, "--", re.compile(r"[^\0\n]+")),
        ("cat-file", "-s", _OBJECT),
        ("cat-file", "blob", _OBJECT),
    ),
    environment=(("GIT_ALLOW_PROTOCOL", "none"), ("GIT_NO_LAZY_FETCH", "1")),
    hint="install it, or name two locks",
)
"""Reads a lock of another revision, independently of the repository's configuration.

None of these calls runs a filter, hook, pager or editor. The configuration could still name the transport that
downloads missing objects of a partial clone. GIT_ALLOW_PROTOCOL overrides every `protocol.*.allow` of the
repository, unlike options; there is no protocol "none". Source: git(1), git-config(1).
"""

PYTHON = Program(name="python", forms=(("-I", "-c", re.compile(r"[^\0]+")),))
"""Runs our code in the interpreter that the user named, or in our own. `-I` ignores the current folder and
PYTHON* variables."""

_OFFLINE_ENVIRONMENT = (("NO_COLOR", "1"), ("UV_OFFLINE", "1"))
"""For project managers: no colours, and no downloads by uv, which may be their launcher."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@<>=~!,-]*")
"""The name of an environment, or a request for a Python version; never an option."""

POETRY = Program(name="poetry", forms=(("env", "info", "--executable"),), environment=_OFFLINE_ENVIRONMENT)
"""Prints the interpreter of its environment, after the user started it with `pip-sysdeps run`; so do the next ones."""

PIPENV = Program(name="pipenv", forms=(("--py",),), environment=_OFFLINE_ENVIRONMENT)

HATCH = Program(
    name="hatch",
    forms=(("env", "find"), ("env", "find", _NAME)),
    environment=_OFFLINE_ENVIRONMENT,
)

PDM = Program(
    name="pdm",
    forms=(("info", "--packages"), ("info", "--python")),
    environment=(*_OFFLINE_ENVIRONMENT, ("PDM_CHECK_UPDATE", "0")),
)

UV = Program(name="uv", forms=(("python", "find"), ("python", "find", _NAME)), environment=_OFFLINE_ENVIRONMENT)

PROGRAMS = (APT_GET, APT_HELPER, GIT, PYTHON, POETRY, PIPENV, HATCH, PDM, UV)
"""All programs, except the command that the user gives to `pip-sysdeps run`."""


def arguments_of(program: Program, arguments: Sequence[str], *, path: str = "", words: Sequence[str] = ()) -> list[str]:
    """Return the command line of a program, found on PATH unless `path` names it.

    `words` is the command that the user started it with, perhaps with a launcher: `python -m poetry`. Raise
    SysdepsError if it is not installed, or if none of its forms allows the arguments.
    """
    if not any(_matches(form, arguments) for form in program.forms):
        raise SysdepsError(f"{program.name} may not be started as {' '.join(map(ascii, arguments))}")
    executable = path or shutil.which(words[0] if words else program.name)
    if executable is None:
        raise SysdepsError(f"{program.name} is not installed", hint=program.hint)
    # A relative path, from a relative part of PATH, would be another program in another folder.
    return [os.path.abspath(executable), *words[1:], *program.options, *arguments]


def run(
    program: Program, arguments: Sequence[str], *, path: str = "", cwd: str | None = None, timeout: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program and return its exit status, standard output and standard error.

    `timeout` is in seconds. Raise SysdepsError as `arguments_of` does, TimeoutError if it was killed after
    that time, and OSError if it cannot be run.
    """
    try:
        return subprocess.run(  # noqa: S603 - allowed by a form, and never through a shell
            arguments_of(program, arguments, path=path),
            cwd=cwd,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=_environment(program, os.environ),
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"it did not answer within {timeout:g} seconds") from error


def output_lines(
    program: Program, arguments: Sequence[str], *, words: Sequence[str], cwd: str | None = None, timeout: float
) -> tuple[str, ...]:
    """Run a program and return the stripped lines of its standard output; none if it fails or prints too much.

    `words` is as for `arguments_of`. The program is killed after `timeout` seconds, or after 64 KiB of output.
    Raise SysdepsError as `arguments_of` does, and OSError if it cannot be run.
    """
    with subprocess.Popen(  # noqa: S603 - allowed by a form, and never through a shell
        arguments_of(program, arguments, words=words),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(program, os.environ),
    ) as process:
        killer = Timer(timeout, process.kill)
        killer.start()
        try:
            output = process.stdout.read(_MAX_OUTPUT) if process.stdout else b""
            if len(output) == _MAX_OUTPUT:
                process.kill()
            process.wait()
        finally:
            killer.cancel()
    lines = output.decode("utf-8", "surrogateescape").splitlines() if process.returncode == 0 else ()
    return tuple(filter(None, map(str.strip, lines)))


@contextmanager
def start(
    program: Program, arguments: Sequence[str], *, stdout: int = subprocess.PIPE, stderr: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program and yield it, to read its output while it runs; if the block raises, it gets SIGTERM."""
    command = arguments_of(program, arguments)
    environment = _environment(program, os.environ)
    with subprocess.Popen(  # noqa: S603 - allowed by a form, and never through a shell
        command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=environment
    ) as process:
        try:
            yield process
        except BaseException:
            process.terminate()  # Popen would wait for its end, which may take hours
            raise


def read_lines(stream: IO[bytes] | None, limit: int) -> Iterator[bytes]:
    """Yield the lines of a program's output; a line of more than `limit` bytes is yielded in parts."""
    return iter(()) if stream is None else iter(partial(stream.readline, limit), b"")


def read_parts(stream: IO[bytes] | None, limit: int) -> Iterator[bytes]:
    """Yield the output between line feeds and carriage returns while a program writes it; long parts are split."""
    rest = b""
    while stream is not None and (block := os.read(stream.fileno(), limit)):
        *parts, rest = re.split(rb"[\r\n]", rest + block)
        if len(rest) > limit:
            parts, rest = [*parts, rest], b""
        yield from filter(None, parts)
    if rest:
        yield rest


def start_command(command: Sequence[str], *, blocked: Collection[int], default: Collection[int]) -> int:
    """Start the command that the user gave to `pip-sysdeps run`, found on PATH; return its process id.

    It shares the standard streams and the environment. `blocked` has the signals that are blocked when it starts,
    `default` those with their default disposition. Raise OSError if it cannot be run.
    """
    return os.posix_spawnp(command[0], list(command), os.environ, setsigmask=blocked, setsigdef=default)


def _matches(form: Form, arguments: Sequence[str]) -> bool:
    return len(form) == len(arguments) and all(
        argument == word if isinstance(word, str) else word.fullmatch(argument) is not None
        for word, argument in zip(form, arguments, strict=True)
    )


def _environment(program: Program, environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, **dict(program.environment)}
