"""Ask an installer that has just run where its environment is.

poetry, pipenv and hatch keep it in a folder of their own, pdm in `__pypackages__` (PEP 582), uv where
UV_PROJECT_ENVIRONMENT says. Nothing in the project's folder leads there.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pip_sysdeps.app.place import Location
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.system.programs import HATCH, PDM, PIPENV, POETRY, UV, lines_said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pip_sysdeps.system.programs import Program

_SECONDS = 30.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


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

    location: Location
    """The environment."""
    asked: str
    """The call, or the variable, that named it: `poetry env info --executable`."""


def environment_of_command(command: Sequence[str]) -> InstallersAnswer | None:
    """Return the environment of the installer that just ran; None for another command or without an answer.

    The same program is asked in the project's folder.
    """
    name = os.path.basename(command[0])
    installer = next((each for each in _INSTALLERS if each.program.name == name), None)
    if installer is None or (installer.commands and not installer.commands.intersection(command[1:])):
        return None
    folder = _folder(command[1:], installer.folder_options)
    variable, heeding = installer.variable
    if not heeding.isdisjoint(command[1:]) and (named := os.environ.get(variable, "")):
        return InstallersAnswer(location=Location(python=os.path.join(folder, named)), asked=variable)
    path = command[0] if "/" in command[0] else ""
    for question in _questions(installer, command):
        for said in _answers(installer.program, question, path, folder):
            if found := _location(said):
                return InstallersAnswer(location=found, asked=" ".join((name, *question)))
    return None


def _questions(installer: _Installer, command: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the calls, with the name of a newly created environment."""
    made = command[3:4] if list(command[1:3]) == ["env", "create"] else ()
    for question in installer.questions:
        if installer.program is HATCH and made and _NAME.fullmatch(made[0]):
            yield (*question, made[0])
        else:
            yield question


def _answers(program: Program, question: Sequence[str], path: str, folder: str) -> tuple[str, ...]:
    try:
        return lines_said(program, question, path=path, cwd=folder, timeout=_SECONDS)
    except (SysdepsError, OSError):
        return ()  # the lock is then made as after any other command


def _folder(arguments: Sequence[str], options: frozenset[str]) -> str:
    """Return the project folder that an option of the command names; else the current one."""
    for argument, following in zip(arguments, (*arguments[1:], ""), strict=True):
        option, equals, value = argument.partition("=")
        if option in options:
            return (value if equals else following) or "."
    return "."


def _location(said: str) -> Location | None:
    """Return an environment by its folder or program, or by a folder of packages (PEP 582)."""
    if not os.path.isabs(said) or not os.path.exists(said):
        return None
    if os.path.basename(os.path.dirname(said)) == "__pypackages__":
        return Location(paths=(os.path.join(said, "lib"),))
    return Location(python=said)
