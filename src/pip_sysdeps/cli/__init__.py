"""The command line: select the command and run it."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from pip_sysdeps import DOCUMENTATION, __version__
from pip_sysdeps.cli import output
from pip_sysdeps.cli.error_handling import attempt
from pip_sysdeps.cli.messages import Messages
from pip_sysdeps.cli.parser import Parser, add_action
from pip_sysdeps.cli.progress import shown_progress
from pip_sysdeps.packages.line_commands import LINE_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

COMMANDS = {
    "lock": "write or check sysdeps.lock for an environment",
    "verify": "check whether the environment works in the release image",
    "install-line": "print the system packages to install, from sysdeps.lock",
    **{
        name: f"print the system packages to install, for targets with {manager} only"
        for name, manager in LINE_COMMANDS.items()
    },
    "audit": "report needed binary packages, vendored libraries and problems",
    "why": "show why a binary package, library, distribution or file is needed",
    "tree": "show the tree from requirements to binary packages, or the reverse",
    "diff": "compare two locks, git revisions or targets",
    "export": "write an SBOM of an environment with its binary packages",
    "policy": "edit and list the policy in pyproject.toml",
    "run": "run an installer, then update sysdeps.lock",
    "hook": "update sysdeps.lock after each pip run in an environment",
    "index": "make, list and print the indices that map libraries to packages",
    "help": "print the help of a command",
}
"""Command -> its one-line help. Each command has a module of its name here."""

_PROGRAM = "pip-sysdeps"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 success, 1 findings or differences, 2 error."""
    if argv is None:  # our own process: no large objects are in cycles, and collecting takes a tenth of the time
        gc.disable()
        atexit.register(gc.freeze)  # Python collects once more at its exit
        _exit_on_signals()
    argv = sys.argv[1:] if argv is None else list(argv)
    _ensure_streams()
    messages = Messages(sys.stderr, os.environ)
    return attempt(lambda: _run(argv, messages), messages)


def build_parser(argv: Sequence[str] | None = None) -> Parser:
    """Return the parser for a command line, with only the commands that it needs.

    If the line begins with a command, the modules of other commands are not imported, because each import takes as long
    as the parsing.
    """
    known = argv[:1] if argv and argv[0] in COMMANDS else COMMANDS
    parser = Parser(
        prog=_PROGRAM,
        description="Find which system libraries an environment's Python distributions need, and lock the binary "
        "packages that have them.",
        epilog=f"Exit status: 0 success; 1 findings or differences; 2 error.\n\nDocumentation: {DOCUMENTATION}",
    )
    parser.add_argument("-V", "--version", action=_Version, help="print the version and exit")
    parser.set_defaults(quiet=0, verbose=0)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in known:
        subparser = add_action(subparsers, name, COMMANDS[name])
        if argv is None or name in argv:
            _module(name).add_arguments(subparser)
    return parser


def _run(argv: Sequence[str], messages: Messages) -> int:
    parser = build_parser(argv)
    args = parser.parse_args(argv)
    messages.level = args.verbose - args.quiet
    args.messages = messages
    with shown_progress(messages, os.environ):
        status: int = _module(args.command).run(args)
    sys.stdout.flush()  # here, where a full disk or a closed pipe can still be reported
    return status


def _module(command: str) -> ModuleType:
    """Return the module of a command, which has `add_arguments(parser)` and `run(args) -> int`."""
    name = "install-line" if command in LINE_COMMANDS else command
    return import_module(f"{__name__}.{name.replace('-', '_')}")


def _exit_on_signals() -> None:
    """Make SIGTERM and SIGHUP raise SystemExit, so that temporary files are removed; the status is 128 + n."""
    import signal  # noqa: PLC0415 - only in our own process

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):  # Windows has one of them
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup(1) ignores SIGHUP
            signal.signal(number, leave)


def _ensure_streams() -> None:
    """Replace standard streams that were closed before the start (`>&-`) with the null device."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - to the end of the process


class _Version(argparse.Action):
    """Print the version."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002 - argparse's name
        super().__init__(option_strings, dest, nargs=0, help=help, default=argparse.SUPPRESS)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        output.write(f"{_PROGRAM} {__version__}\n")
        parser.exit()
