"""Find the installer in a command: by its own name, or after a launcher such as `uvx` or `python -m`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

_PYTHON = re.compile(r"(?:python|pypy)[0-9.]*t?")
_LAUNCHERS = (("uvx",), ("uv", "tool", "run"), ("uv", "run"), ("pipx", "run"), ("env",))
"""The words before the tool, or before the launcher's options and the tool."""
_VALUE_OPTIONS = frozenset({"--from", "--with", "--spec", "--python", "-p", "--pip-args", "--index-url", "--directory"})
"""Options of launchers with a value, which may be an installer's name."""
_CLEAR_OPTIONS = frozenset({"-i", "-", "--ignore-environment"})
_UNSET_OPTIONS = frozenset({"-u", "--unset"})
"""Options of env(1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An installer as it was called."""

    words: tuple[str, ...]
    """The words that start it: `("uvx", "--from", "poetry==2.1", "poetry")`."""
    name: str
    """Its name: `poetry`."""
    arguments: tuple[str, ...]
    """Its arguments."""


def installer_call(command: Sequence[str], names: Collection[str]) -> Call | None:
    """Return the call of one of these installers; None for another command."""
    words = tuple(command)
    for position in (*_tool_positions(words), 0):
        name = _tool_name(words[position])
        if name in names:
            return Call(words=words[: position + 1], name=name, arguments=words[position + 1 :])
    return None


def module_call(command: Sequence[str], module: str) -> tuple[str, Sequence[str]] | None:
    """Return the Python and the arguments of `python -m MODULE`; None for another command."""
    words = tuple(command)
    position = _module_position(words) if _PYTHON.fullmatch(os.path.basename(words[0])) else 0
    return (words[0], words[position + 1 :]) if position and words[position] == module else None


def split_env(command: Sequence[str], environ: Mapping[str, str]) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the command that env(1) starts, and its environment variables.

    They are unchanged for a command without `env`, and for options that change more than variables.
    """
    words = tuple(command)
    if os.path.basename(words[0]) != "env":
        return command, environ
    variables = dict(environ)
    position = 1
    while position < len(words):
        word = words[position]
        name, equals, value = word.partition("=")
        if word in _CLEAR_OPTIONS:
            variables.clear()
        elif word in _UNSET_OPTIONS and position + 1 < len(words):
            position += 1
            variables.pop(words[position], None)
        elif name in _UNSET_OPTIONS:
            variables.pop(value, None)
        elif word.startswith("-"):
            break
        elif equals:
            variables[name] = value
        else:
            return words[position:], variables
        position += 1
    return command, environ


def option_value(arguments: Sequence[str], options: Collection[str]) -> str:
    """Return the value of the first of these options, `--python X` or `--python=X`; empty if there is none."""
    for argument, following in zip(arguments, (*arguments[1:], ""), strict=True):
        option, equals, value = argument.partition("=")
        if option in options:
            return value if equals else following
    return ""


def _tool_positions(words: tuple[str, ...]) -> Iterator[int]:
    """Yield the position of the tool after each possible launcher."""
    first = os.path.basename(words[0])
    if _PYTHON.fullmatch(first) and (position := _module_position(words)):
        yield position
    for launcher in _LAUNCHERS:
        if (first, *words[1 : len(launcher)]) == launcher and (position := _tool_position(words, len(launcher))):
            yield position


def _module_position(words: tuple[str, ...]) -> int:
    """Return the position of the module that `python -m` runs; 0 for none."""
    for position, word in enumerate(words[1:-1], 1):
        if word == "-m":
            return position + 1
        if not word.startswith("-"):
            break
    return 0


def _tool_position(words: tuple[str, ...], start: int) -> int:
    """Return the position of the first word that is not an option, value or variable of the launcher; 0 for none."""
    for position in range(start, len(words)):
        word, previous = words[position], words[position - 1]
        if word.startswith("-") or "=" in word.partition("@")[0] or previous in _VALUE_OPTIONS:
            continue
        return position
    return 0


def _tool_name(word: str) -> str:
    """Return the name of a tool without version and extras: `poetry@2.1`, `pdm[all]`."""
    return re.split(r"[@\[=<>~!]", os.path.basename(word), maxsplit=1)[0]
