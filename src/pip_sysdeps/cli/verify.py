"""Command `verify`: check that an environment works in an image, without running any of its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.app.verify import VerifyRequest, verify
from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments, location_of, note_found
from pip_sysdeps.lock.file import DEFAULT
from pip_sysdeps.render.json import verify_document
from pip_sysdeps.render.problems import as_text
from pip_sysdeps.report.problems import relevant_problems
from pip_sysdeps.words import format_count

if TYPE_CHECKING:
    import argparse

    from pip_sysdeps.app.verify import Verification


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_environment_arguments(parser)
    lock_options = parser.add_mutually_exclusive_group()
    lock_options.add_argument(
        "--lock", metavar="FILE", default=DEFAULT, help="the lock to compare with (default: %(default)s)"
    )
    lock_options.add_argument(
        "--lockless", action="store_true", help="without a lock: check only whether everything is present"
    )
    parser.add_argument("--target", metavar="ID", help="the target of the lock (default: that of the image's system)")
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.epilog = (
        "If packages are missing or too old, the last line of the output is the command that installs them.\n\n"
        "Exit status: 0 works; 1 does not work, or differs from the lock; 2 error."
    )


def run(args: argparse.Namespace) -> int:
    """Print the problems of the image and return the exit status."""
    lock = None if args.lockless else args.lock
    found = verify(VerifyRequest(location=location_of(args), lock=lock, target=args.target), second_process=True)
    note_found(args, found.scan.environment)
    if found.warning:
        args.messages.warning(f"`{args.lock}`: {found.warning}")
    if found.scan.relevant_note:
        args.messages.warning(found.scan.relevant_note)
    shown = found.problems if args.messages.level > 0 else relevant_problems(found.problems)
    if args.json:
        output.write_document(
            verify_document(
                found.problems,
                target=found.scan.platform.id,
                install=found.packages,
                command=found.command,
                dockerfile=found.dockerfile,
            )
        )
    else:
        output.write(as_text(shown, found.dockerfile, found.command))
    _summarize(args, found, hidden=len(found.problems) - len(shown))
    return int(not found.works)


def _summarize(args: argparse.Namespace, found: Verification, *, hidden: int) -> None:
    if hidden and not args.json:
        args.messages.note(
            f"-v lists {format_count(hidden, 'more problem')} that may have no effect (plugins, libraries or programs "
            "opened by name, files for other machines, modules of Python)"
        )
    if found.works:
        works = f"`{found.scan.environment.prefix}` works on {found.scan.platform.id}"
        args.messages.note(f"{works}: {format_count(len(found.scan.distributions), 'distribution')} checked")
