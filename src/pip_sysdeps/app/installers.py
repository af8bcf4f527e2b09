"""The environment of an installer that has just run, by its own output.

Environments of poetry, pipenv and hatch are in a folder of their own, those of pdm in `__pypackages__` (PEP 582), that
of uv in UV_PROJECT_ENVIRONMENT. The project's folder does not show where.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.app.launchers import installer_call, option_value, split_env
from pip_sysdeps.app.pip_command import environment_of_pip
from pip_sysdeps.app.place import Location
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.system.programs import HATCH, PDM, PIPENV, POETRY, UV, output_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pip_sysdeps.app.launchers import Call
    from pip_sysdeps.system.programs import Program

_SECONDS = 120.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@<>=~!,-]*")
"""A name of an environment, or a request for a Python: `3.12`, `>=3.11`, `cpython@3.12`."""
_PYTHON = frozenset({"--python", "-p"})
_ENVIRONMENT_MARKERS = ("pyvenv.cfg", "bin/python3")
"""Files of an environment's folder; one of them must exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installer:
    """An installer that can print its environment."""

    program: Program
    """The program."""
    queries: tuple[tuple[str, ...], ...]
    """Arguments that make it print its environment; the first result counts."""
    file: str = ""
    """The file that it keeps in the folder of a project whose environment is elsewhere."""
    folder_options: frozenset[str] = frozenset()
    """Its options that name the project's folder."""
    commands: frozenset[str] = frozenset()
    """Its commands that use the project's environment; empty for all."""
    variable: tuple[str, frozenset[str]] = ("", frozenset())
    """A variable with the environment, and the commands that use it; `queries` ignore it."""


_INSTALLERS = (
    _Installer(
        program=POETRY,
        queries=(("env", "info", "--executable"),),
        file="poetry.lock",
        folder_options=frozenset({"-C", "--directory", "-P", "--project"}),
    ),
    _Installer(program=PIPENV, queries=(("--py",),), file="Pipfile"),
    _Installer(program=HATCH, queries=(("env", "find"),)),
    _Installer(
        program=PDM,
        queries=(("info", "--packages"), ("info", "--python")),
        file="pdm.lock",
        folder_options=frozenset({"-p", "--project"}),
    ),
    _Installer(
        program=UV,
        queries=(("python", "find"),),
        folder_options=frozenset({"--directory", "--project"}),
        commands=frozenset({"add", "pip", "remove", "run", "sync", "venv"}),
        variable=("UV_PROJECT_ENVIRONMENT", frozenset({"add", "remove", "run", "sync"})),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallerEnvironment:
    """An installer's environment."""

    location: Location | None
    """The environment; None if none was printed."""
    source: str
    """The command, option or variable that it comes from: `poetry env info --executable`."""


def installers_of_folder(folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield the file, name and query of each installer that has a project in a folder; nothing is run."""
    for each in _INSTALLERS:
        if each.file and os.path.exists(os.path.join(folder, each.file)):
            yield each.file, each.program.name, " ".join((each.program.name, *each.queries[-1]))


def environment_of_command(command: Sequence[str], environ: Mapping[str, str]) -> InstallerEnvironment | None:
    """Return the environment of the installer that just ran; None for another command.

    The query uses the same program and launcher as the command, in the project's folder.
    """
    call = installer_call(command, {each.program.name for each in _INSTALLERS})
    installer = next((each for each in _INSTALLERS if call and each.program.name == call.name), None)
    if call is None or installer is None:
        pip = environment_of_pip(command, environ)
        return InstallerEnvironment(location=pip[0], source=pip[1]) if pip else None
    if installer.commands and not installer.commands.intersection(call.arguments):
        return None
    variables = split_env(command, environ)[1]
    folder = option_value(call.arguments, installer.folder_options) or "."
    if stated := _named_environment(installer, call, folder, variables):
        return stated
    for question in _queries(installer, call, variables):
        for answer in _run_query(installer.program, question, call.words, folder):
            if found := _location(answer):
                return InstallerEnvironment(location=found, source=" ".join((call.name, *question)))
    return InstallerEnvironment(location=None, source=" ".join((call.name, *installer.queries[0])))


def _named_environment(
    installer: _Installer, call: Call, folder: str, environ: Mapping[str, str]
) -> InstallerEnvironment | None:
    """Return the environment that an option or a variable names, which the installer's output ignores."""
    arguments = call.arguments
    variable, commands = installer.variable
    is_used = not commands.isdisjoint(arguments)
    if is_used and (named := environ.get(variable, "")):
        return InstallerEnvironment(location=Location(python=os.path.join(folder, named)), source=variable)
    if installer.program is not UV:
        return None
    if is_used and "--active" in arguments and (active := environ.get("VIRTUAL_ENV", "")):
        return InstallerEnvironment(location=Location(python=active), source="--active")
    if is_used and (found := _find_upwards(folder, ".venv")):
        return InstallerEnvironment(location=Location(python=found), source=f"uv {call.arguments[0]}")
    if arguments[:1] == ("pip",):
        return _uv_pip_environment(arguments, folder)
    return None


def _uv_pip_environment(arguments: Sequence[str], folder: str) -> InstallerEnvironment | None:
    """Return the environment in the options of `uv pip`: the folder to install into, or a Python."""
    for options in (frozenset({"--target", "-t"}), frozenset({"--prefix"})):
        if named := option_value(arguments, options):
            return InstallerEnvironment(
                location=Location(paths=(os.path.normpath(os.path.join(folder, named)),)), source=max(options, key=len)
            )
    python = option_value(arguments, _PYTHON)
    if python and os.path.exists(os.path.join(folder, python)):
        return InstallerEnvironment(location=Location(python=os.path.join(folder, python)), source="--python")
    if "--system" in arguments:
        return InstallerEnvironment(location=Location(python="python3"), source="--system")
    return None


def _find_upwards(folder: str, name: str) -> str:
    """Return the virtual environment of this name in a folder or its nearest parent; empty for none."""
    folder_above = os.path.abspath(folder)
    while True:
        if os.path.isfile(os.path.join(folder_above, name, "pyvenv.cfg")):
            return os.path.join(folder_above, name)
        if folder_above == os.path.dirname(folder_above):
            return ""
        folder_above = os.path.dirname(folder_above)


def _queries(installer: _Installer, call: Call, environ: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield the queries, with the environment or Python that the command named."""
    named = ""
    if installer.program is HATCH:
        named = _hatch_environment_name(call.arguments) or environ.get("HATCH_ENV", "")
    elif installer.program is UV:
        named = option_value(call.arguments, _PYTHON)
    for question in installer.queries:
        yield (*question, named) if _NAME.fullmatch(named) else question


def _hatch_environment_name(arguments: Sequence[str]) -> str:
    """Return the environment's name in a command of hatch: `-e NAME`, `env create NAME`, `shell NAME`, `run NAME:`."""
    if named := option_value(arguments, frozenset({"-e", "--env"})):
        return named
    words = [each for each in arguments if not each.startswith("-")]
    if words[:2] == ["env", "create"]:
        return "".join(words[2:3])
    if words[:1] == ["shell"]:
        return "".join(words[1:2])
    if words[:1] == ["run"] and ":" in "".join(words[1:2]):
        return words[1].partition(":")[0].lstrip("+")
    return ""


def _run_query(program: Program, question: Sequence[str], words: Sequence[str], folder: str) -> tuple[str, ...]:
    try:
        return output_lines(program, question, words=words, cwd=folder, timeout=_SECONDS)
    except (SysdepsError, OSError):
        return ()  # then the lock is made as after any other command


def _location(answer: str) -> Location | None:
    """Return an environment by its folder or program, or by a folder of packages (PEP 582).

    The site-packages of a virtual environment do not count: the next query prints its Python.
    """
    if not os.path.isabs(answer) or not os.path.exists(answer):
        return None
    if os.path.basename(os.path.dirname(answer)) == "__pypackages__":
        return Location(paths=(os.path.join(answer, "lib"),))
    if os.path.isdir(answer) and not any(os.path.exists(os.path.join(answer, each)) for each in _ENVIRONMENT_MARKERS):
        return None
    return Location(python=answer)
