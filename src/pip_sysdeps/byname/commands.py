"""The programs that a command runs. Source: POSIX.1-2017, XCU 2.9 (shell commands)."""

from __future__ import annotations

import ast
import re
import shlex
from itertools import dropwhile
from typing import TYPE_CHECKING

from pip_sysdeps.sources.callables import LONGEST_NAME, MODULE
from pip_sysdeps.sources.expressions import literal_head

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_PROGRAM_FOLDER = re.compile(r"/(?:usr/)?s?bin")
_FOREIGN = {"open", "osascript", "defaults", "sw_vers", "wmic", "reg", "cmd", "start", "pbcopy", "pbpaste"}
_MODULE_RUN = re.compile(r"\s*(?:/\S*/)?python[0-9.]*(?: +-[A-Za-z]+)*? +-[A-Za-z]*m +([\w.]{1,64})")
"""A command that runs a module with Python."""
_WRAPPERS = {"command", "doas", "env", "exec", "ionice", "nice", "nohup", "setsid", "stdbuf", "sudo", "time", "timeout"}
"""Programs that run their arguments."""
_OPTION = re.compile(r"-.*|\w+=.*|[0-9.]+[smhd]?", re.DOTALL)
"""An option of a wrapper, a variable that it sets, or a number."""
_LONGEST = 2000
"""Characters of a shell command that are split into words."""


def programs_of(text: str, *, shell: bool) -> tuple[str, ...]:
    """Return the programs of a command on PATH; for a shell, those of a pipeline, of a list and after wrappers too."""
    commands = _shell_commands(text[:_LONGEST]) if shell else (text,)
    return tuple(dict.fromkeys(filter(None, map(program_name, commands))))


def _shell_commands(text: str) -> Iterator[str]:
    """Yield a shell command from each word on that names a program."""
    words = _shell_words(text)
    starts = True
    for place, word in enumerate(words):
        if set(word) <= set("&|;()"):
            starts = True
        elif starts and not _OPTION.fullmatch(word):
            yield " ".join(words[place : place + 4])
            starts = word in _WRAPPERS


def _shell_words(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.commenters, lexer.whitespace_split = "", True
    try:
        return list(lexer)
    except ValueError:  # it ends in quotes, as its end is computed
        return text.split()


def wrapped(argument: ast.expr) -> ast.expr | None:
    """Return the list of arguments that the first item of a list runs, as `sudo` does; None for other commands."""
    match argument:
        case ast.List(elts=items) if not _WRAPPERS.isdisjoint(map(program_name, literal_head(argument))):
            rest = list(dropwhile(_is_option, items[1:]))
            return ast.List(elts=rest) if rest else None
    return None


def _is_option(item: ast.expr) -> bool:
    return any(map(_OPTION.fullmatch, literal_head(item)))


def program_name(text: str) -> str:
    """Return the program that a command starts with; empty if it is not on PATH.

    For Python that runs a module, return the module: `-mvenv`.
    """
    if run := _MODULE_RUN.match(text):
        return MODULE + run[1]
    word = next(iter(text.split(None, 1)), "")
    folder, _, name = word.rpartition("/")
    if (folder and not _PROGRAM_FOLDER.fullmatch(folder)) or len(name) > LONGEST_NAME or not _PROGRAM.fullmatch(name):
        return ""
    return "" if name.lower().endswith((".exe", ".bat", ".cmd")) or name in _FOREIGN else name
