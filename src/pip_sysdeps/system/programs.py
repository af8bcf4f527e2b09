"""Every program that this one starts, and the arguments that each may be given.

Nothing that a root, an environment, a wheel, an index, a lock or a repository says reaches a program except as an
argument that a form below allows; a shell is never used. docs/safety.md has the same list with the reasons, and
tests/test_architecture.py fails when another module starts a program.
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
"""The arguments of one call: each is a fixed word, or a pattern that the whole argument must match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that may be started."""

    name: str
    """Its name on PATH, or its path."""
    forms: tuple[Form, ...]
    """The calls that are allowed."""
    options: tuple[str, ...] = ()
    """Arguments of every call, before those of the form."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables that are set in addition to those of this process."""
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
"""Downloads and verifies indices. What it may read stands in the configuration file that our apt module writes."""

APT_HELPER = Program(name="/usr/lib/apt/apt-helper", forms=(("cat-file", _FILE),))
"""Decompresses an index that apt downloaded into our own folder."""

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
"""Reads a lock of another revision, whatever the repository's configuration says.

None of these calls runs a filter, a hook, a pager or an editor. One program is left that the configuration could name:
the transport that fetches an object which a partial clone lacks. GIT_ALLOW_PROTOCOL overrides every `protocol.*.allow`
of the repository, which options do not; "none" is no protocol. Source: git(1), git-config(1).
"""

PYTHON = Program(name="python", forms=(("-I", "-c", re.compile(r"[^\0]+")),))
"""Asks the interpreter that the user named, or our own, a question of ours. `-I` keeps the current folder and
PYTHON* variables out."""

_QUIET = (("NO_COLOR", "1"), ("UV_OFFLINE", "1"))
"""Of what asks an installer: uv, which may be the launcher, is to download nothing for an answer."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@<>=~!,-]*")
"""A name of an environment, or a request for a Python; never an option."""

POETRY = Program(name="poetry", forms=(("env", "info", "--executable"),), environment=_QUIET)
"""Names its environment's interpreter, after the user ran it by `pip-sysdeps run`; so do the following ones."""

PIPENV = Program(name="pipenv", forms=(("--py",),), environment=_QUIET)

HATCH = Program(
    name="hatch",
    forms=(("env", "find"), ("env", "find", _NAME)),
    environment=_QUIET,
)

PDM = Program(
    name="pdm",
    forms=(("info", "--packages"), ("info", "--python")),
    environment=(*_QUIET, ("PDM_CHECK_UPDATE", "0")),
)

UV = Program(name="uv", forms=(("python", "find"), ("python", "find", _NAME)), environment=_QUIET)

PROGRAMS = (APT_GET, APT_HELPER, GIT, PYTHON, POETRY, PIPENV, HATCH, PDM, UV)
"""All of them, beside the command that the user gives to `pip-sysdeps run`."""


def arguments_of(program: Program, arguments: Sequence[str], *, path: str = "", words: Sequence[str] = ()) -> list[str]:
    """Return the command line of a program, found on PATH unless `path` names it.

    `words` are those with which the user started it, by a launcher perhaps: `python -m poetry`.
    Raise SysdepsError for a program that is not installed, and for arguments that no form of it allows.
    """
    if not any(_allowed(form, arguments) for form in program.forms):
        raise SysdepsError(f"{program.name} may not be started as {' '.join(map(ascii, arguments))}")
    found = path or shutil.which(words[0] if words else program.name)
    if found is None:
        raise SysdepsError(f"{program.name} is not installed", hint=program.hint)
    # A relative one, of a relative part of PATH, would be another program in another folder.
    return [os.path.abspath(found), *words[1:], *program.options, *arguments]


def run(
    program: Program, arguments: Sequence[str], *, path: str = "", cwd: str | None = None, timeout: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end, its standard output and error captured, whatever its exit status.

    `timeout` is in seconds. Raise SysdepsError as `arguments_of` does, TimeoutError for a program that was killed after
    that time, and OSError for one that cannot be run.
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
    """Run a program and return the lines of its standard output, stripped; none if it failed or printed too much.

    `words` as for `arguments_of`; it is killed after `timeout` seconds, and when it has printed 64 KiB. Raise
    SysdepsError as `arguments_of` does, OSError for one that cannot be run.
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
def started(
    program: Program, arguments: Sequence[str], *, stdout: int = subprocess.PIPE, stderr: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program, to read what it says as it comes; it has ended after the block, by SIGTERM if that raises."""
    command = arguments_of(program, arguments)
    environment = _environment(program, os.environ)
    with subprocess.Popen(  # noqa: S603 - allowed by a form, and never through a shell
        command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=environment
    ) as process:
        try:
            yield process
        except BaseException:
            process.terminate()  # Popen would wait for its own end, which may be hours off
            raise


def lines_of(stream: IO[bytes] | None, limit: int) -> Iterator[bytes]:
    """Yield the lines of a program's output; a line longer than `limit` bytes is yielded in parts."""
    return iter(()) if stream is None else iter(partial(stream.readline, limit), b"")


def pieces_of(stream: IO[bytes] | None, limit: int) -> Iterator[bytes]:
    """Yield what a program writes between line feeds and carriage returns, as it comes; a long piece in parts."""
    rest = b""
    while stream is not None and (block := os.read(stream.fileno(), limit)):
        *whole, rest = re.split(rb"[\r\n]", rest + block)
        if len(rest) > limit:
            whole, rest = [*whole, rest], b""
        yield from filter(None, whole)
    if rest:
        yield rest


def start_command(command: Sequence[str], *, blocked: Collection[int], default: Collection[int]) -> int:
    """Start the command that the user gave to `pip-sysdeps run`, found on PATH; return the number of its process.

    It shares the standard streams and the environment. `blocked` are the signals that it begins with blocked, `default`
    those whose disposition is set back. Raise OSError for a command that cannot be run.
    """
    return os.posix_spawnp(command[0], list(command), os.environ, setsigmask=blocked, setsigdef=default)


def _allowed(form: Form, arguments: Sequence[str]) -> bool:
    return len(form) == len(arguments) and all(
        argument == word if isinstance(word, str) else word.fullmatch(argument) is not None
        for word, argument in zip(form, arguments, strict=True)
    )


def _environment(program: Program, environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, **dict(program.environment)}
