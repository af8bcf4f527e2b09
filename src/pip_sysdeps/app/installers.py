"""The environment of an installer that has just run, as the installer itself names it.

poetry, pipenv and hatch keep it in a folder of their own, pdm in `__pypackages__` (PEP 582), uv where
UV_PROJECT_ENVIRONMENT says. Nothing in the project's folder leads there.
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
_OF_ENVIRONMENTS = ("pyvenv.cfg", "bin/python3")
"""The folder of an environment has one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installer:
    """An installer that can be asked."""

    program: Program
    """How it may be started."""
    questions: tuple[tuple[str, ...], ...]
    """Calls that print its environment; the first answer counts."""
    folder_options: frozenset[str] = frozenset()
    """Its options that name the project's folder."""
    commands: frozenset[str] = frozenset()
    """Its commands for the project's environment; empty for all."""
    variable: tuple[str, frozenset[str]] = ("", frozenset())
    """A variable that names the environment, and the commands that use it; `questions` ignore it."""


_INSTALLERS = (
    _Installer(
        program=POETRY,
        questions=(("env", "info", "--executable"),),
        folder_options=frozenset({"-C", "--directory", "-P", "--project"}),
    ),
    _Installer(program=PIPENV, questions=(("--py",),)),
    _Installer(program=HATCH, questions=(("env", "find"),)),
    _Installer(
        program=PDM,
        questions=(("info", "--packages"), ("info", "--python")),
        folder_options=frozenset({"-p", "--project"}),
    ),
    _Installer(
        program=UV,
        questions=(("python", "find"),),
        folder_options=frozenset({"--directory", "--project"}),
        commands=frozenset({"add", "pip", "remove", "run", "sync", "venv"}),
        variable=("UV_PROJECT_ENVIRONMENT", frozenset({"add", "remove", "run", "sync"})),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallersAnswer:
    """An installer's environment."""

    location: Location | None
    """The environment; None if it named none."""
    asked: str
    """The call, or the variable, that named it: `poetry env info --executable`."""


def environment_of_command(command: Sequence[str], environ: Mapping[str, str]) -> InstallersAnswer | None:
    """Return the environment of the installer that just ran; None for another command.

    The same program is asked that the command named, by the same launcher, in the project's folder.
    """
    call = installer_call(command, {each.program.name for each in _INSTALLERS})
    installer = next((each for each in _INSTALLERS if call and each.program.name == call.name), None)
    if call is None or installer is None:
        pip = environment_of_pip(command, environ)
        return InstallersAnswer(location=pip[0], asked=pip[1]) if pip else None
    if installer.commands and not installer.commands.intersection(call.arguments):
        return None
    variables = split_env(command, environ)[1]
    folder = option_value(call.arguments, installer.folder_options) or "."
    if stated := _stated(installer, call, folder, variables):
        return stated
    for question in _questions(installer, call, variables):
        for answer in _answers(installer.program, question, call.words, folder):
            if found := _location(answer):
                return InstallersAnswer(location=found, asked=" ".join((call.name, *question)))
    return InstallersAnswer(location=None, asked=" ".join((call.name, *installer.questions[0])))


def _stated(installer: _Installer, call: Call, folder: str, environ: Mapping[str, str]) -> InstallersAnswer | None:
    """Return the environment that the command or a variable names, which the installer's answers ignore."""
    arguments = call.arguments
    variable, commands = installer.variable
    is_used = not commands.isdisjoint(arguments)
    if is_used and (named := environ.get(variable, "")):
        return InstallersAnswer(location=Location(python=os.path.join(folder, named)), asked=variable)
    if installer.program is not UV:
        return None
    if is_used and "--active" in arguments and (active := environ.get("VIRTUAL_ENV", "")):
        return InstallersAnswer(location=Location(python=active), asked="--active")
    if is_used and (nearest := _nearest(folder, ".venv")):
        return InstallersAnswer(location=Location(python=nearest), asked=f"uv {call.arguments[0]}")
    if arguments[:1] == ("pip",):
        return _of_uv_pip(arguments, folder)
    return None


def _of_uv_pip(arguments: Sequence[str], folder: str) -> InstallersAnswer | None:
    """Return what the options of `uv pip` say: where to install, or for which Python."""
    for options in (frozenset({"--target", "-t"}), frozenset({"--prefix"})):
        if named := option_value(arguments, options):
            return InstallersAnswer(
                location=Location(paths=(os.path.normpath(os.path.join(folder, named)),)), asked=max(options, key=len)
            )
    python = option_value(arguments, _PYTHON)
    if python and os.path.exists(os.path.join(folder, python)):
        return InstallersAnswer(location=Location(python=os.path.join(folder, python)), asked="--python")
    if "--system" in arguments:
        return InstallersAnswer(location=Location(python="python3"), asked="--system")
    return None


def _nearest(folder: str, name: str) -> str:
    """Return the virtual environment of a name in a folder or the first one above it; empty for none."""
    above = os.path.abspath(folder)
    while True:
        if os.path.isfile(os.path.join(above, name, "pyvenv.cfg")):
            return os.path.join(above, name)
        if above == os.path.dirname(above):
            return ""
        above = os.path.dirname(above)


def _questions(installer: _Installer, call: Call, environ: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield the calls; with the environment or Python that the command named."""
    named = ""
    if installer.program is HATCH:
        named = _of_hatch(call.arguments) or environ.get("HATCH_ENV", "")
    elif installer.program is UV:
        named = option_value(call.arguments, _PYTHON)
    for question in installer.questions:
        yield (*question, named) if _NAME.fullmatch(named) else question


def _of_hatch(arguments: Sequence[str]) -> str:
    """Return the environment that a command of hatch names: `-e NAME`, `env create NAME`, `shell NAME`, `run NAME:`."""
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


def _answers(program: Program, question: Sequence[str], words: Sequence[str], folder: str) -> tuple[str, ...]:
    try:
        return output_lines(program, question, words=words, cwd=folder, timeout=_SECONDS)
    except (SysdepsError, OSError):
        return ()  # the lock is then made as after any other command


def _location(answer: str) -> Location | None:
    """Return an environment by its folder or program, or by a folder of packages (PEP 582).

    The site-packages of a virtual environment are no environment: the next question names that one's Python.
    """
    if not os.path.isabs(answer) or not os.path.exists(answer):
        return None
    if os.path.basename(os.path.dirname(answer)) == "__pypackages__":
        return Location(paths=(os.path.join(answer, "lib"),))
    if os.path.isdir(answer) and not any(os.path.exists(os.path.join(answer, each)) for each in _OF_ENVIRONMENTS):
        return None
    return Location(python=answer)
