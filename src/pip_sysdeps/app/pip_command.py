"""The environment that a pip command installs into: by its options, or that of the pip that was started."""

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
"""Options whose value is the folder that pip fills; the variables PIP_TARGET and PIP_PREFIX set them too."""
_COMMANDS = frozenset({"install", "uninstall"})
_HEAD = 4096


def environment_of_pip(command: Sequence[str], environ: Mapping[str, str]) -> tuple[Location, str] | None:
    """Return where a pip command installs, and the option that decides it; None for another command.

    None also for the environment that every command chooses by itself, and for a pip outside a virtual environment,
    where `--user` and the system's settings decide. Source: pip's documentation, "pip install" and "Configuration".
    """
    command, environ = split_env(command, environ)
    called = module_call(command, "pip") or ((command[0], command[1:]) if _is_pip(command[0]) else None)
    if called is None or _COMMANDS.isdisjoint(called[1]):
        return None
    program, arguments = called
    for options in _FOLDERS:
        if folder := _value(arguments, options, environ):
            return Location(paths=(folder,)), options[0]
    if python := _value(arguments, ("--python",), environ):
        return Location(python=python), "--python"
    prefix = _prefix_of(program, environ)
    return (Location(python=prefix), "that of pip") if prefix and not _is_usual(prefix) else None


def _is_usual(prefix: str) -> bool:
    """Return whether an environment is the one that is chosen first; see `environment.choice.choices`."""
    return os.path.realpath(prefix) == os.path.realpath(os.environ.get("VIRTUAL_ENV") or DOT_VENV)


def _value(arguments: Sequence[str], options: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """Return the value of an option of pip, by any of its names or by its variable; empty without."""
    return option_value(arguments, options) or environ.get(f"PIP_{options[0].strip('-').upper()}", "")


def _is_pip(program: str) -> bool:
    return _PIP.fullmatch(os.path.basename(program)) is not None


def _prefix_of(program: str, environ: Mapping[str, str]) -> str:
    """Return the virtual environment of a Python, or of the Python that a script starts; empty for none."""
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
