"""Find the environment if none is named, and resolve a name from the command line."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.environment.pyenv import SYSTEM, is_shim, programs_of_shim
from pip_sysdeps.environment.read_interpreter import programs_on_path, read_venv_config
from pip_sysdeps.errors import NoEnvironmentError, SysdepsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.system.root import Root

_RECEIPTS = ("pipx_metadata.json", "uv-receipt.toml")
"""Files that `pipx install` and `uv tool install` leave in an environment for one tool."""
_CACHE_TAG = "CACHEDIR.TAG"
"""Marks a folder as a cache, such as that of `uvx` and `pipx run`. Source: bford.info/cachedir."""
_MOST_OVERLAYS = 8
DOT_VENV = ".venv"
"""The folder of a project's environment, by convention of most installers."""
_MAX_DOT_VENV = 1 << 16


class Surroundings(NamedTuple):
    """The input of the choice."""

    environ: Mapping[str, str]
    """The variables of the shell."""
    cwd: str = "/"
    """The current folder."""
    own: str = ""
    """The virtual environment that this tool is installed in; empty if it is not in one."""


class Choice(NamedTuple):
    """An environment or interpreter to use."""

    path: str
    """Its path."""
    found_by: str = ""
    """How it was found: `VIRTUAL_ENV`, `.venv`; empty if it was named."""


def choices(root: Root, python: str | None, surroundings: Surroundings) -> Iterator[Choice]:
    """Yield the possible environments, best first: only the named one, else one per place.

    Later ones are for when the earlier ones cannot be used. Raise SysdepsError for a variable, or a `.venv`, that leads
    to no folder.
    """
    if python is not None:
        yield Choice(path=_named(root, python, surroundings))
        return
    for found_by in ("VIRTUAL_ENV", DOT_VENV, "CONDA_PREFIX"):
        path = _dot_venv(root, surroundings.cwd) if found_by == DOT_VENV else _in_variable(root, found_by, surroundings)
        found = _below_overlays(root, path) if path else ""
        if found and not (found == surroundings.own and is_isolated(root, found)):
            yield Choice(path=found, found_by=found_by)
    own = _below_overlays(root, surroundings.own) if surroundings.own else ""
    if own and not is_isolated(root, own):
        yield Choice(path=own, found_by="pip-sysdeps is installed there")
    for program in started_on_path(root, "python3", surroundings):
        yield Choice(path=program, found_by="python3 on PATH")
        return


def first_choice(root: Root, python: str | None, surroundings: Surroundings) -> Choice:
    """Return the first choice. Raise NoEnvironmentError if there is none."""
    for choice in choices(root, python, surroundings):
        return choice
    raise NoEnvironmentError("no Python environment found", hint="name one with --python, or a folder with --path")


def environments_in(root: Root, folder: str) -> tuple[str, ...]:
    """Return the names of the virtual environments in a folder."""
    configs = {name: posixpath.join(folder, name, "pyvenv.cfg") for name in sorted(root.names(folder))}
    return tuple(name for name, config in configs.items() if root.is_file(config))


def _in_variable(root: Root, variable: str, surroundings: Surroundings) -> str:
    """Return the folder that a variable names; empty if it is not set."""
    value = surroundings.environ.get(variable, "")
    path = posixpath.join(surroundings.cwd, value)
    if value and not root.is_folder(path):
        raise SysdepsError(f"{variable} names `{value}`, which is not a folder", hint="unset it, or use --python")
    return path if value else ""


def _dot_venv(root: Root, cwd: str) -> str:
    """Return the `.venv` of a folder, or the folder that a file of this name has in its place; empty without one.

    Source: pipenv's documentation, "Virtual Environment Name".
    """
    path = posixpath.join(cwd, DOT_VENV)
    if root.is_folder(path):
        return path
    if root.is_file(path):
        named = root.read(path, _MAX_DOT_VENV).decode("utf-8", "surrogateescape").strip()
        if named and "\0" not in named and root.is_folder(posixpath.join(cwd, named)):
            return posixpath.join(cwd, named)
        raise SysdepsError(
            f"`{path}` is a file, but does not contain the path of an existing folder",
            hint="remove it, or use --python",
        )
    if root.read_link(path) is not None:
        raise SysdepsError(f"`{path}` is a link that leads nowhere", hint="remove it, or use --python")
    return ""


def is_isolated(root: Root, prefix: str) -> bool:
    """Return whether an environment is for one tool: by pipx, `uv tool install` or, in a cache, uvx or `pipx run`."""
    if any(root.is_file(f"{prefix}/{name}") for name in _RECEIPTS):
        return True
    while prefix != "/":
        prefix = posixpath.dirname(prefix)
        if root.is_file(posixpath.join(prefix, _CACHE_TAG)):
            return True
    return False


def _named(root: Root, python: str, surroundings: Surroundings) -> str:
    """Return what the user named: a path if it has a `/` or exists; otherwise a program on PATH."""
    path = posixpath.join(surroundings.cwd, python)
    if "/" in python or root.is_folder(path) or root.is_file(path):
        started = _started_by(root, path, surroundings)
        return started or next(started_on_path(root, posixpath.basename(path), surroundings), path)
    return next(started_on_path(root, python, surroundings), path)


def started_on_path(root: Root, name: str, surroundings: Surroundings) -> Iterator[str]:
    """Yield the programs that a shell would find; pyenv shims are resolved, an isolated own tool is skipped."""
    own = surroundings.own
    skipped = f"{own}/" if own and is_isolated(root, own) else ""
    for program in programs_on_path(root, surroundings.environ, name):
        if skipped and program.startswith(skipped):
            continue
        started = _started_by(root, program, surroundings)
        if started:
            yield started


def _started_by(root: Root, program: str, surroundings: Surroundings) -> str:
    """Return a program or, for a pyenv shim, the program that it starts.

    Return the shim itself if pyenv names no existing program; empty if pyenv says `system`, the next one on PATH.
    """
    if not is_shim(root, program):
        return program
    for each in programs_of_shim(root, program, surroundings.environ, surroundings.cwd):
        if each == SYSTEM:
            return ""
        if root.is_file(each):
            return each
    return program


def _below_overlays(root: Root, prefix: str) -> str:
    """Return the environment below those that `uv run --with` lays over it."""
    for _ in range(_MOST_OVERLAYS):
        config = read_venv_config(root, prefix)
        if config is None or not (config.extends and root.is_folder(config.extends)):
            break
        prefix = config.extends
    return prefix
