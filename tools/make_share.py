# ruff: noqa: INP001, SLF001 - a script, no package; argparse lists its actions in private attributes alone
"""Write `share/`: the completions for bash, zsh and fish, and the man page, from the parser of the command line.

    python3 tools/make_share.py [FOLDER]

shtab makes the completions, here and at no other time: the program itself does not need it. The wheel has `share/` as
data, where shells and man(1) look for it in the prefix that it is installed in.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import shtab

from pip_sysdeps.cli import build_parser

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = {
    "bash": "bash-completion/completions/pip-sysdeps",
    "zsh": "zsh/site-functions/_pip-sysdeps",
    "fish": "fish/vendor_completions.d/pip-sysdeps.fish",
}
PAGE = "man/man1/pip-sysdeps.1"
COMPLETED = {"FILE": shtab.FILE, "DIR": shtab.DIRECTORY, "ENV": shtab.DIRECTORY}
"""What the value of an option is, by its metavar."""
COMMON = ("help", "quiet", "verbose")
"""Options of every command."""


def main(folder: str = str(Path(__file__).parents[1] / "share")) -> int:
    """Write every file and return 0."""
    for place, text in files().items():
        path = Path(folder, place)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def files() -> dict[str, str]:
    """Return the text of each file by its place in the folder."""
    parser = build_parser()
    for each in parsers(parser):
        for action in each._actions:
            if isinstance(action.metavar, str) and action.metavar in COMPLETED:
                action.complete = COMPLETED[action.metavar]  # type: ignore[attr-defined] # what shtab looks for
    texts = {place: shtab.complete(parser, shell=shell) for shell, place in PLACES.items()}
    texts = {place: "".join(f"{line.rstrip()}\n" for line in text.splitlines()) for place, text in texts.items()}
    return {**texts, PAGE: "\n".join(page(build_parser())) + "\n"}


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield a parser, and those of its commands and their actions; one without help is not for people."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for shown in action._choices_actions:
                yield from parsers(action.choices[shown.dest])


def page(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the lines of the man page, in the macros of man(7)."""
    yield '.TH PIP\\-SYSDEPS 1 "" "pip\\-sysdeps" "User Commands"'
    yield from (".SH NAME", "pip\\-sysdeps \\- lock the system packages that a Python environment needs")
    yield from (".SH SYNOPSIS", ".B pip\\-sysdeps", r"[\fIOPTIONS\fR] \fICOMMAND\fR [\fIARGUMENTS\fR]")
    yield from (".SH DESCRIPTION", roff(parser.description or ""))
    yield from (".SH OPTIONS", *options(parser))
    yield ".SH COMMANDS"
    for each in list(parsers(parser))[1:]:
        yield from (f".SS {roff(each.prog.partition(' ')[2])}", roff(each.description or ""))
        yield from options(each, besides=COMMON)
        for line in (each.epilog or "").splitlines():
            yield from (".PP", roff(line.strip())) if line.strip() else ()


def options(parser: argparse.ArgumentParser, besides: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the options and arguments of a parser, but for its commands, and for options that are told elsewhere."""
    formatter = parser._get_formatter()
    for action in parser._actions:
        is_hidden = action.help in {None, argparse.SUPPRESS} or action.dest in besides
        if isinstance(action, argparse._SubParsersAction) or is_hidden:
            continue
        named = ", ".join(action.option_strings)
        value = "" if action.nargs == 0 and named else formatter._format_args(action, action.dest.upper())
        yield from (".TP", f"\\fB{roff(' '.join(filter(None, (named, value))))}\\fR")
        yield roff(" ".join(formatter._expand_help(action).split()))


def roff(text: str) -> str:
    """Return text in which nothing is a request or an escape of groff(7)."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
