"""`help`: print the help of a command, or of the whole program."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("words", nargs="*", metavar="COMMAND", help="a command, and optionally its action")
    parser.epilog = "Exit status: 0 printed; 2 no such command."


def run(args: argparse.Namespace) -> int:
    """Print the help, as --help of the command does, and return 0."""
    from pip_sysdeps.cli import build_parser  # noqa: PLC0415 - it imports this module by its name

    line = [*args.words, "--help"]
    build_parser(line).parse_args(line)
    return 0
