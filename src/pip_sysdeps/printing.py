"""Make text from untrusted files safe to print on a terminal and in the log of a CI system."""

from __future__ import annotations

import re

_COLOUR = r"(\x1b\[[0-9;]*m)"
_BRACKET = r"##(?=[A-Za-z]*\[)"
_COLONS = rf"(?m)^((?:[^\S\n]|{_COLOUR[1:-1]})*):(?=:)"


def printable(text: str) -> str:
    r"""Return text with every unprintable character escaped, such as escape sequences and bidi marks.

    A byte that is not UTF-8, kept by "surrogateescape", becomes `\xff`.
    """
    return text if text.isprintable() else "".join(map(_printable, text))


def safe_lines(text: str, *, colour: bool = False) -> str:
    """Return lines without control sequences and commands of CI systems; with `colour`, colours are kept."""
    lines = (line if line.isprintable() else _line(line, colour=colour) for line in text.split("\n"))
    return without_log_commands("\n".join(lines))


def without_log_commands(text: str) -> str:
    r"""Return lines in which a CI system finds no command: `##[a]` becomes `#\x23[a]`, `::a::` becomes `\x3a:a::`.

    GitHub runs `::NAME` at the beginning of a line, after white space, and `##[NAME]` anywhere; Azure Pipelines runs
    `##[NAME]` and `##vso[NAME]`, TeamCity `##teamcity[NAME]`. Source: actions/runner, `ActionCommand.cs`;
    microsoft/azure-pipelines-agent, `Command.cs`; TeamCity's documentation of service messages.
    """
    return re.sub(_COLONS, r"\1\\x3a", re.sub(_BRACKET, r"#\\x23", text))


def json_without_log_commands(text: str) -> str:
    """Return an equivalent JSON document without commands of CI systems."""
    return re.sub(_BRACKET, r"#\\u0023", text)


def _line(text: str, *, colour: bool) -> str:
    if not colour:
        return printable(text)
    return "".join(part if re.fullmatch(_COLOUR, part) else printable(part) for part in re.split(_COLOUR, text))


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode-escape").decode("ascii")
