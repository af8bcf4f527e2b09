"""Argument parsers with this tool's error messages, and help in the width of the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from pip_sysdeps.cli import output
from pip_sysdeps.cli.error_handling import EXIT_ERROR
from pip_sysdeps.cli.messages import Messages

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_WIDTH = 80
_MISSING = "the following arguments are required"
"""The start of argparse's message about a missing argument."""
_REQUIREMENTS = ("-r", "--requirement")
"""The start of pip's options for a requirements file."""
_FLAGS = frozenset("-hqvV")
"""One-letter options that are allowed before a command."""


class Parser(argparse.ArgumentParser):
    """An argument parser without abbreviated options, with -q and -v, and with errors that suggest a correction."""

    def __init__(self, **options: object) -> None:
        self._intermixing = False
        self._values: dict[str, str] = {}
        plain = {"allow_abbrev": False, "formatter_class": _Help}
        super().__init__(**{**plain, **options})  # type: ignore[arg-type] # argparse's own options
        quiet, verbose = "print only errors on stderr", "print more on stderr; -vv: also timings"
        absent = argparse.SUPPRESS  # a default would reset an option before the command
        self.add_argument("-q", "--quiet", action="store_const", const=1, default=absent, help=quiet)
        self.add_argument("-v", "--verbose", action="count", default=absent, help=verbose)

    def _print_message(self, message: str, file: object = None) -> None:  # noqa: ARG002 - help goes to stdout alone
        """Write the help to stdout."""
        output.write(message)

    def error(self, message: str) -> NoReturn:
        """Report a usage error. Print the help if only the command, or its action, is missing."""
        if self._subparsers is not None and message.startswith(_MISSING):
            Messages(sys.stderr, os.environ).help(self.format_help())
            self.exit(EXIT_ERROR)
        self._fail(message)

    def parse_known_args(  # type: ignore[override] # always a Namespace
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse arguments, and report unknown ones with the help of their command.

        Options may be before, between and after positional arguments.
        """
        if self._intermixing:
            return super().parse_known_args(args, namespace)
        if self._subparsers is not None:
            self._fail_early_option(args or ())
        self._values.clear()
        self._intermixing = _has_several_positionals(self)
        parse = super().parse_known_intermixed_args if self._intermixing else super().parse_known_args
        found, rest = parse(args, namespace)
        self._intermixing = False
        if rest:
            self._fail_unknown(rest)
        return found, rest

    def _fail_unknown(self, rest: Sequence[str]) -> NoReturn:
        """Report unknown arguments. One may be an environment or requirements file, as in other tools."""
        message = f"unrecognized arguments: {' '.join(rest)}"
        if "--python" in self._option_string_actions:
            if self._are_requirements(rest[0]):
                self._fail(message, hint=self._requirements_hint())
            if not rest[0].startswith("-") and os.path.exists(rest[0]):
                self._fail(message, hint=f"did you mean `--python {rest[0]}`? ")
        self._fail(message, rest[0], self._option_string_actions)

    def _are_requirements(self, word: str) -> bool:
        """Return whether a word is pip's option for a requirements file, or a file that is not executable."""
        if self._get_positional_actions():
            return False
        return word.startswith(_REQUIREMENTS) or (os.path.isfile(word) and not os.access(word, os.X_OK))

    def _requirements_hint(self) -> str:
        wheels = ", or a folder of wheels with `--wheels DIR`" if "--wheels" in self._option_string_actions else ""
        return f"what is installed is read, not requirements: name the environment with `--python ENV`{wheels}; "

    def _fail_early_option(self, args: Sequence[str]) -> None:
        """Report an option of a command before the command, because its value would count as the command."""
        word = next(iter(args), "").partition("=")[0]
        is_option = word.startswith("--") or (word.startswith("-") and not _FLAGS.issuperset(word))
        if is_option and word not in self._option_string_actions:
            if closest_match(word, self._option_string_actions):
                self._fail_unknown([word])
            name = next(each.metavar for each in self._actions if each.nargs == argparse.PARSER)
            after = f"`{self.prog} {name} {word}`"
            self._fail(f"unrecognized arguments: {word}", hint=f"options stand after {name}: {after}; ")

    def _get_value(self, action: argparse.Action, arg_string: str) -> object:
        """Report an empty value, as from an unset variable in a script, unless the default is empty.

        Report a second value of an option that takes one: the first would have no effect.
        """
        if action.option_strings:
            name = "/".join(action.option_strings)
            if not arg_string and action.default != "":
                self._fail(f"argument {name}: its value is empty")
            takes_one = isinstance(action, argparse._StoreAction) and action.nargs in {None, "?"}  # noqa: SLF001
            before = self._values.setdefault(action.dest, arg_string)
            if takes_one and before != arg_string:
                self._fail(f"argument {name}: has two values, `{before}` and `{arg_string}`, but takes one")
        return super()._get_value(action, arg_string)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is not None and value not in action.choices:
            choices = _shown_choices(action)
            name = "/".join(action.option_strings) or action.metavar
            self._fail(f"argument {name}: `{value}` is not one of {', '.join(choices)}", str(value), choices)

    def _fail(self, message: str, word: str = "", known: Collection[str] = (), *, hint: str = "") -> NoReturn:
        """Report an error, with a suggestion and the command that prints the help."""
        if match := closest_match(word, known):
            hint = f"did you mean `{match}`? "
        Messages(sys.stderr, os.environ).error(message, hint=f"{hint}see `{self.prog} --help`")
        self.exit(EXIT_ERROR)


def add_action(actions: argparse._SubParsersAction[Parser], name: str, summary: str) -> Parser:
    """Add a command, or an action of one, with its one-line help."""
    return actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")


def _has_several_positionals(parser: Parser) -> bool:
    words = [each for each in parser._actions if not each.option_strings]  # noqa: SLF001 - argparse has no other list
    return len(words) > 1 and not any(each.nargs in {argparse.PARSER, argparse.REMAINDER} for each in words)


def _shown_choices(action: argparse.Action) -> list[str]:
    """Return the choices to show; internal actions, which have no help text, are left out."""
    shown = [each.dest for each in getattr(action, "_choices_actions", ())]
    return shown or [str(each) for each in action.choices or ()]


def closest_match(word: str, known: Collection[str]) -> str:
    """Return the known word that is most similar to a misspelled one; empty if none is similar.

    The dashes of options do not make them similar.
    """
    if not word:
        return ""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    plain = {each.lstrip("-"): each for each in known}
    return next((plain[each] for each in get_close_matches(word.lstrip("-"), plain, n=1, cutoff=0.7)), "")


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help in the width of the terminal, without argparse's import of shutil.

    Paragraphs are filled. A line that begins with a space, such as a command, is kept.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)

    def _split_lines(self, text: str, width: int) -> list[str]:
        """Wrap a description between words, and never inside an option, target or package name."""
        import textwrap  # noqa: PLC0415 - for the help only, as argparse has it

        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super(argparse.RawDescriptionHelpFormatter, self)._fill_text
        return "\n".join(
            line if line.startswith(" ") or not line else fill(line, width, indent) for line in text.splitlines()
        )


def _columns() -> int:
    """Return the width of the terminal, or of $COLUMNS, as `shutil.get_terminal_size` does."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns[:6]):
        return int(columns[:6])
    try:
        return os.get_terminal_size(1).columns or _WIDTH
    except OSError:
        return _WIDTH
