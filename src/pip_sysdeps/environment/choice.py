"""Choose the environment if none is named, and resolve a name from the command line."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pip_sysdeps.environment.pyenv import SYSTEM, is_shim, programs_of_shim
from pip_sysdeps.environment.read_interpreter import programs_on_path, read_venv_config
from pip_sysdeps.errors import NoEnvironmentError, SysdepsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.system.root import Root

_TOOL_RECEIPTS = ("pipx_metadata.json", "uv-receipt.toml")
"""Files that `pipx install` and `uv tool install` write into an environment for one tool."""
_CACHE_TAG = "CACHEDIR.TAG"
"""Marks a folder as a cache, such as that of `uvx` and `pipx run`. Source: bford.info/cachedir."""
_MOST_OVERLAYS = 8
DOT_VENV = ".venv"
"""The folder of a project's environment, by convention of most installers."""
_MAX_DOT_VENV = 1 << 16


class ChoiceInputs(NamedTuple):
    """The inputs of the choice."""

    environ: Mapping[str, str]
    """Environment variables."""
    cwd: str = "/"
    """The current folder."""
    tool_prefix: str = ""
    """The virtual environment that this tool is installed in; empty if it is not in one."""


class Choice(NamedTuple):
    """An environment or interpreter to use."""

    path: str
    """Its path."""
    found_by: str = ""
    """How it was found: `VIRTUAL_ENV`, `.venv`; empty if it was named."""


def choices(root: Root, python: str | None, inputs: ChoiceInputs) -> Iterator[Choice]:
    """Yield the possible environments, best first: the named one only, else one per location.

    The next one is used if the previous one cannot be. Raise SysdepsError if a variable or `.venv` does not lead
    to a folder.
    """
    if python is not None:
        yield Choice(path=_resolve_name(root, python, inputs))
        return
    for found_by in ("VIRTUAL_ENV", DOT_VENV, "CONDA_PREFIX"):
        path = _dot_venv(root, inputs.cwd) if found_by == DOT_VENV else _folder_of_variable(root, found_by, inputs)
        found = _base_of_overlays(root, path) if path else ""
        if found and not (found == inputs.tool_prefix and is_isolated(root, found)):
            yield Choice(path=found, found_by=found_by)
    tool_environment = _base_of_overlays(root, inputs.tool_prefix) if inputs.tool_prefix else ""
    if tool_environment and not is_isolated(root, tool_environment):
        yield Choice(path=tool_environment, found_by="pip-sysdeps is installed there")
    for program in find_on_path(root, "python3", inputs):
        yield Choice(path=program, found_by="python3 on PATH")
        return


def first_choice(root: Root, python: str | None, inputs: ChoiceInputs) -> Choice:
    """Return the first choice. Raise NoEnvironmentError if there is none."""
    for choice in choices(root, python, inputs):
        return choice
    raise NoEnvironmentError("no Python environment found", hint="name one with --python, or a folder with --path")


def environments_in(root: Root, folder: str) -> tuple[str, ...]:
    """Return the names of the virtual environments in a folder."""
    configs = {name: posixpath.join(folder, name, "pyvenv.cfg") for name in sorted(root.names(folder))}
    return tuple(name for name, config in configs.items() if root.is_file(config))


def _folder_of_variable(root: Root, variable: str, inputs: ChoiceInputs) -> str:
    """Return the folder that a variable names; empty if it is not set."""
    value = inputs.environ.get(variable, "")
    path = posixpath.join(inputs.cwd, value)
    if value and not root.is_folder(path):
        raise SysdepsError(f"{variable} names `{value}`, which is not a folder", hint="unset it, or use --python")
    return path if value else ""


def _dot_venv(root: Root, cwd: str) -> str:
    """Return the `.venv` of a folder, or the folder in a file of this name; empty without one.

    Source: pipenv's documentation, "Virtual Environment Name".
    """
    path = posixpath.join(cwd, DOT_VENV)
    if root.is_folder(path):
        return path
    if root.is_file(path):
        target = root.read(path, _MAX_DOT_VENV).decode("utf-8", "surrogateescape").strip()
        if target and "\0" not in target and root.is_folder(posixpath.join(cwd, target)):
            return posixpath.join(cwd, target)
        raise SysdepsError(
            f"`{path}` is a file, but does not contain the path of an existing folder",
            hint="remove it, or use --python",
        )
    if root.read_link(path) is not None:
        raise SysdepsError(f"`{path}` is a broken link", hint="remove it, or use --python")
    return ""


def is_isolated(root: Root, prefix: str) -> bool:
    """Return whether an environment is for one tool: of pipx, `uv tool`, or in the cache of uvx or `pipx run`."""
    if any(root.is_file(f"{prefix}/{name}") for name in _TOOL_RECEIPTS):
        return True
    while prefix != "/":
        prefix = posixpath.dirname(prefix)
        if root.is_file(posixpath.join(prefix, _CACHE_TAG)):
            return True
    return False


def _resolve_name(root: Root, python: str, inputs: ChoiceInputs) -> str:
    """Return the path for a name: a path if it has a `/` or exists, otherwise a program on PATH."""
    path = posixpath.join(inputs.cwd, python)
    if "/" in python or root.is_folder(path) or root.is_file(path):
        resolved = _resolve_shim(root, path, inputs)
        return resolved or next(find_on_path(root, posixpath.basename(path), inputs), path)
    return next(find_on_path(root, python, inputs), path)


def find_on_path(root: Root, name: str, inputs: ChoiceInputs) -> Iterator[str]:
    """Yield the programs that a shell would find.

    pyenv shims are resolved, and programs of an isolated `tool_prefix` are skipped.
    """
    tool_prefix = inputs.tool_prefix
    skipped = f"{tool_prefix}/" if tool_prefix and is_isolated(root, tool_prefix) else ""
    for program in programs_on_path(root, inputs.environ, name):
        if skipped and program.startswith(skipped):
            continue
        resolved = _resolve_shim(root, program, inputs)
        if resolved:
            yield resolved


def _resolve_shim(root: Root, program: str, inputs: ChoiceInputs) -> str:
    """Return a program or, for a pyenv shim, the program that it starts.

    The result is the shim itself if pyenv names no existing program, and empty for `system`, which is the next program
    on PATH.
    """
    if not is_shim(root, program):
        return program
    for each in programs_of_shim(root, program, inputs.environ, inputs.cwd):
        if each == SYSTEM:
            return ""
        if root.is_file(each):
            return each
    return program


def _base_of_overlays(root: Root, prefix: str) -> str:
    """Return the environment below the overlays of `uv run --with`."""
    for _ in range(_MOST_OVERLAYS):
        config = read_venv_config(root, prefix)
        if config is None or not (config.extends and root.is_folder(config.extends)):
            break
        prefix = config.extends
    return prefix
