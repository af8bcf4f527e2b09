"""The environment that a pip command installs into: by its options, or the environment of the pip itself."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

from pip_sysdeps.app.launchers import module_call, option_value, split_env
from pip_sysdeps.app.place import Location
from pip_sysdeps.environment.choice import DOT_VENV
from pip_sysdeps.environment.read_scripts import interpreter_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PIP = re.compile(r"pip(?:3(?:\.[0-9]+)?)?")
_FOLDERS = (("--target", "-t"), ("--prefix",))
"""Options with the folder to install into; the variables PIP_TARGET and PIP_PREFIX set them too."""
_COMMANDS = frozenset({"install", "uninstall"})
_HEAD = 4096


def environment_of_pip(command: Sequence[str], environ: Mapping[str, str]) -> tuple[Location, str] | None:
    """Return the environment that a pip command installs into, and the option that names it; None for another command.

    The result is also None for the environment that is the default anyway, and for a pip outside a virtual environment,
    whose target depends on `--user` and the system's settings. Source: pip's documentation, "pip install" and
    "Configuration".
    """
    command, environ = split_env(command, environ)
    called = module_call(command, "pip") or ((command[0], command[1:]) if _is_pip(command[0]) else None)
    if called is None or _COMMANDS.isdisjoint(called[1]):
        return None
    program, arguments = called
    for options in _FOLDERS:
        if folder := _option_or_variable(arguments, options, environ):
            return Location(paths=(folder,)), options[0]
    if python := _option_or_variable(arguments, ("--python",), environ):
        return Location(python=python), "--python"
    prefix = _prefix_of(program, environ)
    return (Location(python=prefix), "that of pip") if prefix and not _is_default_environment(prefix) else None


def _is_default_environment(prefix: str) -> bool:
    """Return whether an environment is the default one; see `environment.choice.choices`."""
    return os.path.realpath(prefix) == os.path.realpath(os.environ.get("VIRTUAL_ENV") or DOT_VENV)


def _option_or_variable(arguments: Sequence[str], options: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """Return the value of an option of pip, from the command or its variable; empty if there is none."""
    return option_value(arguments, options) or environ.get(f"PIP_{options[0].strip('-').upper()}", "")


def _is_pip(program: str) -> bool:
    return _PIP.fullmatch(os.path.basename(program)) is not None


def _prefix_of(program: str, environ: Mapping[str, str]) -> str:
    """Return the virtual environment of a Python, or of a script's Python; empty for none."""
    path = shutil.which(program, path=environ.get("PATH")) or ""
    if _is_pip(path):
        path = interpreter_of(_head(path))
    prefix = os.path.dirname(os.path.dirname(os.path.abspath(path))) if path else ""
    return prefix if prefix and os.path.isfile(os.path.join(prefix, "pyvenv.cfg")) else ""


def _head(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""
